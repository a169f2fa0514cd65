/** What is wrong with a part of the command line, and what to write in its place. */
export interface Mistake {
  readonly problem: string;
  /** @default - the problem names it */
  readonly remedy?: string;
}

/** The value that a text stands for, or what is wrong with the text: the rest of a sentence about it. */
export type Parsed<T> = { readonly value: T } | Mistake;

/** An option without a value. */
export interface FlagOption {
  readonly type: 'flag';
  readonly description: string;
}

/** An option with one value. */
export interface ValueOption<T = unknown> {
  readonly type: 'value';
  /** Placeholder of the value in the usage text, such as `FILE`. */
  readonly placeholder: string;
  readonly description: string;
  readonly parse: (text: string) => Parsed<T>;
  /** @default - the value is undefined when the option is missing */
  readonly default?: T;
  /** Default in the usage text. @default - `default` as text; nothing without it */
  readonly defaultText?: string;
  /** Value of the option when nothing follows it. @default - a missing value is a mistake */
  readonly bare?: T;
  /** Whether the command cannot run without the option. @default false */
  readonly required?: boolean;
}

/** An option with several values, each different from the others. */
export interface ListOption<T = unknown> {
  readonly type: 'list';
  readonly placeholder: string;
  readonly description: string;
  readonly parse: (text: string) => Parsed<T>;
  /** Separator of the values in one option. @default - the option is repeated for each value */
  readonly separator?: ',';
}

export type OptionSpecs = Readonly<Record<string, FlagOption | ValueOption | ListOption>>;

type ParsedBy<O extends ValueOption | ListOption> = Exclude<ReturnType<O['parse']>, Mistake>['value'];

/** The values of options, by their names without dashes. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [Name in keyof O]: O[Name] extends FlagOption
    ? boolean
    : O[Name] extends ListOption
      ? readonly ParsedBy<O[Name]>[]
      : O[Name] extends ValueOption
        ? O[Name] extends { readonly default: unknown } | { readonly required: true }
          ? ParsedBy<O[Name]>
          : ParsedBy<O[Name]> | undefined
        : never;
};

/** A call to show in the usage text. */
interface Example {
  /** The whole command line, as it is typed. */
  readonly line: string;
  /** What the command reports about the call. @default - the call succeeds */
  readonly fails?: string;
}

/** A command, declared as data. */
export interface CommandSpec<O extends OptionSpecs = OptionSpecs, Action extends string = string> {
  /** How it is started, such as `npm run watch --`. */
  readonly call: string;
  /** What follows the call in the first line of the usage text. @default "[options]", or the actions */
  readonly synopsis?: string;
  readonly description: string;
  /** First word of the command line, each with its description. @default - the command has options only */
  readonly actions?: Readonly<Record<Action, string>>;
  readonly options: O;
  /**
   * Mistakes that show only between options, or between an option and the files that it names. It gets the values without
   * a mistake of their own, so that all mistakes are reported at once; one with a mistake is undefined.
   *
   * @default - options are independent of each other
   */
  readonly check?: (values: Partial<OptionValues<O>>) => readonly Mistake[] | Promise<readonly Mistake[]>;
  /** Further paragraphs of the usage text. @default - none */
  readonly notes?: readonly string[];
  /** What each exit status but 2 means; 2 is misuse. */
  readonly exitStatus: Readonly<Record<number, string>>;
  /** At least one of them fails, to show what a mistake looks like. */
  readonly examples: readonly Example[];
}
