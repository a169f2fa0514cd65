import { parseArgs } from 'node:util';
import type {
  CommandSpec,
  FlagOption,
  ListOption,
  Mistake,
  OptionSpecs,
  OptionValues,
  ValueOption,
} from './command-spec';
import { signature } from './usage';

/** What a command line says. */
type CommandLine<O extends OptionSpecs, Action extends string> =
  | { readonly type: 'run'; readonly action: Action; readonly values: OptionValues<O> }
  | { readonly type: 'help' }
  /** All mistakes, in the order of the command line. */
  | { readonly type: 'misuse'; readonly mistakes: readonly Mistake[] };

/**
 * Reads a command line.
 *
 * @param args Arguments after the program's name.
 */
export async function readCommandLine<O extends OptionSpecs, Action extends string = never>(
  command: CommandSpec<O, Action>,
  args: readonly string[],
): Promise<CommandLine<O, Action>> {
  const reader = new Reader(command.options, Object.keys(command.actions ?? {}));
  reader.read(args);
  const values = reader.values as OptionValues<O>;
  if (reader.help) {
    return reader.mistakes.length > 0 ? { type: 'misuse', mistakes: reader.mistakes } : { type: 'help' };
  }
  reader.requireAll();
  const mistakes = [...reader.mistakes, ...((await command.check?.(values)) ?? [])];
  if (mistakes.length > 0) return { type: 'misuse', mistakes };
  return { type: 'run', action: reader.action as Action, values };
}

/** @returns one line for each mistake; a remedy that several have follows the last of them */
export function mistakeLines(mistakes: readonly Mistake[]): readonly string[] {
  return mistakes.map(({ problem, remedy }, index) =>
    remedy === undefined || mistakes.slice(index + 1).some((later) => later.remedy === remedy)
      ? problem
      : `${problem}; ${remedy}`,
  );
}

class Reader {
  readonly mistakes: Mistake[] = [];
  /** OptionValues by the names of their options; undefined for a value with a mistake. */
  readonly values: Record<string, unknown>;
  help = false;
  action: string | undefined;
  readonly #options: OptionSpecs;
  readonly #actions: readonly string[];
  readonly #given = new Set<string>();

  constructor(options: OptionSpecs, actions: readonly string[]) {
    this.#options = options;
    this.#actions = actions;
    this.values = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, absent(option)]));
  }

  read(args: readonly string[]): void {
    const { tokens } = parseArgs({
      // parseArgs would take an option as the value of the one before it; `--name=` has an empty value.
      args: args.map((arg, index) =>
        this.#takesValue(arg) && (args[index + 1] ?? '--').startsWith('--') ? `${arg}=` : arg,
      ),
      // Strict parsing throws at the first mistake.
      strict: false,
      tokens: true,
      options: Object.fromEntries(
        Object.entries(this.#options).map(([name, { type }]) => [
          name,
          { type: type === 'flag' ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
    });
    for (const token of tokens) {
      if (token.kind === 'positional') this.#readWord(token.value);
      if (token.kind === 'option') this.#readOption(token.name, token.rawName, token.value);
    }
  }

  /** Adds a mistake for the action and each required option that is missing. */
  requireAll(): void {
    if (this.#actions.length > 0 && this.action === undefined) {
      this.mistakes.push({ problem: 'no action is given', remedy: `write one of ${this.#actions.join(', ')}` });
    }
    for (const [name, option] of Object.entries(this.#options)) {
      if (option.type !== 'value' || !option.required || this.#given.has(name)) continue;
      this.mistakes.push({ problem: `--${name} is missing`, remedy: `write ${signature(name, option)}` });
    }
  }

  #option(name: string): FlagOption | ValueOption | ListOption | undefined {
    return Object.hasOwn(this.#options, name) ? this.#options[name] : undefined;
  }

  #takesValue(arg: string): boolean {
    const option = arg.startsWith('--') ? this.#option(arg.slice(2)) : undefined;
    return option !== undefined && option.type !== 'flag';
  }

  #readWord(text: string): void {
    if (this.#actions.length === 0) {
      this.#unknown(text);
    } else if (!this.#actions.includes(text)) {
      this.mistakes.push({
        problem: `'${text}' is not an action`,
        remedy: `write one of ${this.#actions.join(', ')}`,
      });
    } else if (this.action !== undefined) {
      this.mistakes.push({ problem: `'${text}' is a second action`, remedy: 'write one' });
    }
    this.action ??= text;
  }

  #readOption(name: string, rawName: string, text: string | undefined): void {
    const option = this.#option(name);
    if (!rawName.startsWith('--') || (option === undefined && name !== 'help')) this.#unknown(rawName);
    else if (option?.type === 'value') this.#readValue(name, option, text ?? '');
    else if (option?.type === 'list') this.#readList(name, option, text ?? '');
    else if (text !== undefined)
      this.mistakes.push({ problem: `'${rawName}=${text}' has a value`, remedy: `write ${rawName} alone` });
    else if (option === undefined) this.help = true;
    else this.values[name] = true;
  }

  #readValue(name: string, option: ValueOption, text: string): void {
    if (this.#given.has(name)) {
      this.mistakes.push({ problem: `--${name} is given more than once`, remedy: 'write it once' });
      return;
    }
    this.#given.add(name);
    this.values[name] = text === '' && 'bare' in option ? option.bare : this.#parse(name, option, text);
  }

  #readList(name: string, option: ListOption, text: string): void {
    const values = this.values[name] as unknown[];
    for (const each of option.separator ? text.split(option.separator).map((part) => part.trim()) : [text]) {
      if (each !== '' && this.#given.has(`${name} ${each}`)) {
        this.mistakes.push({ problem: `'--${name} ${each}' is given more than once`, remedy: 'write it once' });
        continue;
      }
      this.#given.add(`${name} ${each}`);
      const value = this.#parse(name, option, each);
      if (value !== undefined) values.push(value);
    }
  }

  /** @returns undefined for a mistake */
  #parse(name: string, option: ValueOption | ListOption, text: string): unknown {
    if (text === '') {
      this.mistakes.push({ problem: `--${name} has no value`, remedy: `write ${signature(name, option)}` });
      return undefined;
    }
    const parsed = option.parse(text);
    if ('value' in parsed) return parsed.value;
    this.mistakes.push({ ...parsed, problem: `'--${name} ${text}' ${parsed.problem}` });
    return undefined;
  }

  #unknown(text: string): void {
    const known = [...Object.keys(this.#options), 'help'].map((name) => `--${name}`);
    this.mistakes.push({ problem: `'${text}' is not an option`, remedy: `write one of ${known.join(', ')}` });
  }
}

/** @returns the value of an option that is missing */
function absent(option: FlagOption | ValueOption | ListOption): unknown {
  if (option.type === 'flag') return false;
  return option.type === 'list' ? [] : option.default;
}
