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

/** @returns Whether some text matches both patterns. */
export function wildcardsMeet(one: string, other: string): boolean {
  // reached[j]: whether the part of `one` that was read so far and the first j characters of `other` meet.
  const letters = [...other];
  let reached = [true, ...letters.map((_, at) => letters.slice(0, at + 1).every((letter) => letter === '*'))];
  for (const letter of one) {
    const before = reached;
    reached = [letter === '*' && before[0] === true];
    for (const [at, against] of letters.entries()) {
      const bothSkipped = letter === '*' || against === '*';
      const same = letter === against || letter === '?' || against === '?';
      reached.push(
        (before[at] === true && (bothSkipped || same)) ||
          (letter === '*' && (reached[at] === true || before[at + 1] === true)) ||
          (against === '*' && (reached[at] === true || before[at + 1] === true)),
      );
    }
  }
  return reached.at(-1) === true;
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

/**
 * Whether an ARN matches a pattern in the Resource element of a policy. It is as in {@link matchesArn}, but a `*` that is the
 * last character of a component may match beyond the colon behind it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matchesResource(pattern: string, arn: string): boolean {
  if (matchesArn(pattern, arn)) return true;
  const components = componentsOf(pattern);
  if (components.length < ARN_COMPONENTS || !components.slice(0, -1).some((part) => part.endsWith('*'))) return false;
  return resourceExpression(components).test(arn);
}

function resourceExpression(components: readonly string[]): RegExp {
  const key = `resource ${components.join(':')}`;
  const known = compiled.get(key);
  if (known) return known;
  const parts = components.map((part, index) => {
    const isLast = index === components.length - 1;
    const literal = part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\?', isLast ? '[^]' : '[^:]');
    if (isLast) return literal.replaceAll('\\*', '[^]*');
    return literal.replace(/\\\*$/, '[^]*').replaceAll('\\*', '[^:]*');
  });
  const expression = new RegExp(`^${parts.join(':')}$`);
  compiled.set(key, expression);
  return expression;
}

/** The resource, the last component, may contain colons. */
function componentsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  const resource = parts.slice(ARN_COMPONENTS - 1);
  return resource.length === 0 ? parts : [...parts.slice(0, ARN_COMPONENTS - 1), resource.join(':')];
}
