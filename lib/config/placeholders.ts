import type { Rule } from './matching';

/** The placeholders that a permission may contain, each filled in for each environment. */
export const PLACEHOLDERS = ['partition', 'region', 'account', 'stack'] as const;

const KNOWN: readonly string[] = PLACEHOLDERS.map((name) => `{${name}}`);

const BRACES = /\$?\{[^{}]*\}/g;

/**
 * A policy variable, by its condition key, which has one colon and may have a default, or for a character that is otherwise
 * a wildcard.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
const POLICY_VARIABLE = /^\$\{([A-Za-z0-9._-]+:(?!:)[^{}]+|[*?$])\}$/;

/** @returns What is wrong with the placeholders of a text; undefined when each is filled in or is a policy variable of IAM. */
export function wrongPlaceholder(text: string): Rule | undefined {
  const write = `write one of ${KNOWN.join(', ')}`;
  const unknown = text.match(BRACES)?.find((each) => !KNOWN.includes(each) && !POLICY_VARIABLE.test(each));
  if (unknown !== undefined) return `contains "${unknown}", which is no placeholder; ${write}`;
  if (/[{}]/.test(withoutBraces(text))) return `contains a brace without its other one; ${write}`;
  return undefined;
}

/** @returns The text without placeholders and policy variables. */
export function withoutBraces(text: string): string {
  return text.replace(BRACES, '');
}
