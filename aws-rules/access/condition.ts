import { type ConditionContext, compareOperator, isOperator, isPositive } from './operators';
import { resolveVariables } from './variables';

/** One comparison of a statement's Condition. */
export interface PolicyCondition {
  /** Name without set operator and `IfExists`, e.g. `StringNotLike`. */
  readonly operator: string;
  /** Set operator, for keys with several values in a request. */
  readonly set?: 'ForAllValues' | 'ForAnyValue';
  readonly ifExists: boolean;
  /** Condition key in lower case: keys are not case-sensitive. */
  readonly key: string;
  /** Of a positive operator one has to match, of a negated one none may. */
  readonly values: readonly string[];
}

/**
 * Reads the Condition of a statement.
 *
 * @param mistakes Receives what is wrong, or not supported, with its path.
 */
export function parseConditions(given: unknown, path: string, mistakes: string[]): readonly PolicyCondition[] {
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    mistakes.push(`${path} is ${JSON.stringify(given)}; write an object of operators`);
    return [];
  }
  return Object.entries(given).flatMap(([name, comparisons]) => {
    const [, set, operator = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
    if (!isOperator(operator) || (operator === 'Null' && (set || ifExists))) {
      mistakes.push(`${path}.${name} is not a condition operator that is evaluated`);
      return [];
    }
    return Object.entries(comparisons ?? {}).map(([key, expected]) => {
      const values = (Array.isArray(expected) ? expected : [expected]) as readonly unknown[];
      for (const value of values) {
        if (!['string', 'number', 'boolean'].includes(typeof value)) {
          mistakes.push(`${path}.${name}.${key} is ${JSON.stringify(expected)}; write a text or a list of texts`);
        }
      }
      return {
        operator,
        ...(set !== undefined && { set: set as 'ForAllValues' | 'ForAnyValue' }),
        ifExists: ifExists !== undefined,
        key: key.toLowerCase(),
        values: values.map(String),
      };
    });
  });
}

/**
 * Whether a request meets a condition.
 *
 * - A key that the request does not have fails a positive operator and meets a negated one; with `IfExists` it meets
 *   both. `Null` compares the presence itself.
 * - `ForAllValues` is met by a request without the key, `ForAnyValue` is not.
 *
 * @throws Error for a key with several values under an operator without set operator, which IAM does not define.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function meetsCondition(condition: PolicyCondition, context: ConditionContext, variables: boolean): boolean {
  const { operator, set, ifExists, key } = condition;
  const actual = context.get(key) ?? [];
  if (operator === 'Null')
    return condition.values.some((value) => (value.toLowerCase() === 'true') === (actual.length === 0));
  const positive = isPositive(operator);
  const expected = condition.values.flatMap((value) => {
    const resolved = variables ? resolveVariables(value, context) : value;
    return resolved === undefined ? [] : [resolved];
  });
  const met = (value: string) => expected.some((one) => compareOperator(operator, one, value)) === positive;
  if (set === 'ForAllValues') return actual.every(met);
  if (actual.length === 0) return ifExists || (set === undefined && !positive);
  if (set === 'ForAnyValue') return actual.some(met);
  if (actual.length > 1) {
    throw new Error(`the condition ${operator} on ${key} has ${actual.length} values; use ForAllValues or ForAnyValue`);
  }
  return met(actual[0]!);
}
