/**
 * IAM's patterns: `*` matches any number of characters, `?` exactly one, and case matters.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

/** Compiled patterns: a rehearsal compares the same few hundred with thousands of texts. */
const compiled = new Map<string, RegExp>();

/** @returns Whether text matches a pattern, as in the condition operator StringLike. */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  let expression = compiled.get(pattern);
  if (!expression) {
    const literal = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    expression = new RegExp(`^${literal.replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]')}$`);
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

/** Partition, service, region, account and resource follow `arn`. */
const ARN_COMPONENTS = 6;

/**
 * Whether an ARN matches a pattern, as in ArnLike and ArnEquals, which behave identically. Each of the six components
 * is compared separately, so a `*` before the resource does not match a colon.
 *
 * @param pattern A pattern with fewer components, such as `*`, is compared as a whole (inferred).
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const patterns = componentsOf(pattern);
  if (patterns.length < ARN_COMPONENTS) return matchesWildcard(pattern, arn);
  const components = componentsOf(arn);
  return (
    components.length === ARN_COMPONENTS && patterns.every((part, index) => matchesWildcard(part, components[index]!))
  );
}

/** The resource, the last component, may contain colons. */
function componentsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  const resource = parts.slice(ARN_COMPONENTS - 1);
  return resource.length === 0 ? parts : [...parts.slice(0, ARN_COMPONENTS - 1), resource.join(':')];
}

/** How each condition operator for text and ARNs compares the expected value with the actual one. */
const TEXT_OPERATORS: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  StringEquals: (expected, actual) => expected === actual,
  StringLike: matchesWildcard,
};

/** @returns Whether {@link meetsTextCondition} can evaluate an operator. */
export function isTextOperator(operator: string): boolean {
  return Object.hasOwn(TEXT_OPERATORS, operator);
}

/**
 * Evaluates one entry of a policy's condition.
 *
 * @param operator An operator for which {@link isTextOperator} is true.
 * @param actual Value of the condition key in the request.
 * @param expected Values in the policy, of which one has to match.
 */
export function meetsTextCondition(operator: string, actual: string, expected: readonly string[]): boolean {
  return expected.some((value) => TEXT_OPERATORS[operator]!(value, actual));
}
