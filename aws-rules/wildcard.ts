/**
 * Whether text matches a pattern in which `*` is any number of characters and `?` exactly one, as in IAM's actions,
 * resources, and the condition operators StringLike, ArnLike and ArnEquals (the two for ARNs are the same).
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function matchesWildcard(pattern: string, text: string, { ignoreCase = false } = {}): boolean {
  return wildcardExpression(pattern, ignoreCase).test(text);
}

/** @returns Text in which every character that has a meaning in a regular expression is escaped. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function wildcardExpression(pattern: string, ignoreCase: boolean): RegExp {
  const source = escapeRegExp(pattern).replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]');
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
}

/** Condition operators whose value is compared as text, and whether `*` and `?` have a meaning in it. */
const TEXT_OPERATORS: Readonly<Record<string, boolean>> = {
  ArnEquals: true,
  ArnLike: true,
  StringEquals: false,
  StringLike: true,
};

/** @returns Whether {@link meetsTextCondition} can evaluate an operator. */
export function isTextOperator(operator: string): boolean {
  return Object.hasOwn(TEXT_OPERATORS, operator);
}

/**
 * Evaluates one entry of a policy's condition.
 *
 * @param operator One for which {@link isTextOperator} holds.
 * @param actual Value of the condition key in the request.
 * @param wanted Values in the policy, of which one has to match.
 */
export function meetsTextCondition(operator: string, actual: string, wanted: readonly string[]): boolean {
  const isLike = TEXT_OPERATORS[operator];
  return wanted.some((value) => (isLike ? matchesWildcard(value, actual) : value === actual));
}
