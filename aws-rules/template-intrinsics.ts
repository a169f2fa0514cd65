/**
 * The syntax of CloudFormation's intrinsic functions. What they resolve to depends on the caller: values of a deployed
 * or a synthesised stack, or text that shows the reference.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */

/** A call of an intrinsic function. */
interface IntrinsicCall {
  /** For example `Ref` or `Fn::Sub`. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: its type depends on the function; callers check it
  readonly argument: any;
}

/** @returns The call of an intrinsic function; undefined if the value is not one. */
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

/** @returns The text before and the text after the first dot. Without a dot, the latter is empty. */
export function splitAtDot(text: string): readonly [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

/** What `Fn::Sub` replaces, and `${!…}`, which it leaves as `${…}`. */
const PLACEHOLDER = /\$\{(!?)([^}]+)\}/g;

/** The two parts of an `Fn::Sub`. */
interface Substitution {
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
 * Replaces the placeholders of an `Fn::Sub`.
 *
 * @param argument Argument of `Fn::Sub`.
 * @param variable Resolves the value of one of its own variables.
 * @param reference Resolves `Name` (like `Ref`) or `Name.Attribute` (like `Fn::GetAtt`).
 * @param literal Replaces `${!…}`. Without it, the result is `${…}`, as in CloudFormation.
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

/** @returns The references of an `Fn::Sub`, each `Name` or `Name.Attribute`, without its own variables. */
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
