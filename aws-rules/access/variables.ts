import type { ConditionContext } from './operators';

/**
 * Replaces the policy variables in a value, e.g. `${aws:PrincipalAccount}`, by the values of the request.
 *
 * @returns Undefined when the request lacks a variable without a default: such a value matches nothing.
 * @throws Error for what is not supported: `${*}` and `${?}`, and a value of the request that has wildcards itself.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function resolveVariables(text: string, context: ConditionContext): string | undefined {
  if (!text.includes('${')) return text;
  let missing = false;
  const resolved = text.replace(/\$\{([^}]*)\}/g, (whole, inner: string) => {
    if (inner === '$') return '$';
    if (inner === '*' || inner === '?')
      throw new Error(`the policy variable ${whole} is not supported; leave the character out`);
    const [, key = '', fallback] = /^([^,\s]+)(?:\s*,\s*'([^']*)')?$/.exec(inner.trim()) ?? [];
    const values = context.get(key.toLowerCase()) ?? [];
    if (values.length > 1) throw new Error(`the policy variable ${whole} has ${values.length} values`);
    const value = values[0] ?? fallback;
    if (value === undefined) {
      missing = true;
      return '';
    }
    if (/[*?]/.test(value)) throw new Error(`the policy variable ${whole} has the value '${value}', with a wildcard`);
    return value;
  });
  return missing ? undefined : resolved;
}
