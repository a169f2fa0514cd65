/**
 * The syntax of CloudFormation's intrinsic functions. What they resolve to is each caller's business: a deployed stack, one
 * that is only synthesised, or text that shows the reference.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */

/** A call of an intrinsic function. */
export interface IntrinsicCall {
  /** `Ref`, `Fn::Sub`, … */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the template decides; the caller that reads an argument checks it
  readonly argument: any;
}

/** @returns The call that a value is, undefined for any other value. */
export function callOf(value: unknown): IntrinsicCall | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [entry, ...others] = Object.entries(value);
  if (!entry || others.length > 0 || !(entry[0] === 'Ref' || entry[0].startsWith('Fn::'))) return undefined;
  return { name: entry[0], argument: entry[1] };
}

/**
 * @param argument Argument of `Fn::GetAtt`: `[id, attribute]`, or `id.attribute` as in YAML's short form.
 * @returns Logical id and attribute. The attribute may be a call of `Ref`.
 */
export function getAttOf(argument: unknown): readonly [logicalId: string, attribute: unknown] {
  return Array.isArray(argument) ? [String(argument[0]), argument[1]] : splitAtDot(String(argument));
}

/** @returns What precedes and what follows the first dot; the latter is empty without one. */
export function splitAtDot(text: string): readonly [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

/** What `Fn::Sub` replaces, and `${!…}`, which it leaves as `${…}`. */
const PLACEHOLDER = /\$\{(!?)([^}]+)\}/g;

/** A `Fn::Sub` in its two parts. */
export interface Substitution {
  readonly text: string;
  /** Its own variables, by name. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @param argument Argument of `Fn::Sub`: the text, or `[text, variables]`. */
export function substitutionOf(argument: unknown): Substitution {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, undefined];
  return { text: String(text), variables: variables ?? {} };
}

/**
 * Replaces the placeholders of a `Fn::Sub`.
 *
 * @param variable Resolves the value of one of its own variables.
 * @param reference Resolves `Name` (like `Ref`) or `Name.Attribute` (like `Fn::GetAtt`).
 * @param literal Writes the `${…}` that `${!…}` stands for. @default - as CloudFormation does
 */
export function substitute(
  argument: unknown,
  variable: (value: unknown, name: string) => string,
  reference: (name: string) => string,
  literal = (name: string) => `\${${name}}`,
): string {
  const { text, variables } = substitutionOf(argument);
  return text.replace(PLACEHOLDER, (_, mark: string, placeholder: string) => {
    if (mark) return literal(placeholder);
    const name = placeholder.trim();
    return Object.hasOwn(variables, name) ? variable(variables[name], name) : reference(name);
  });
}

/** @returns The names that a `Fn::Sub` refers to, its own variables left out; `Name` or `Name.Attribute`. */
export function referencesOfSubstitution(argument: unknown): readonly string[] {
  const names: string[] = [];
  substitute(
    argument,
    () => '',
    (name) => {
      names.push(name);
      return '';
    },
  );
  return names;
}
