import { callOf } from './template-intrinsics';

/** More conditions in one value than this are not all combined, because each doubles the number of ways. */
const COMBINED_CONDITIONS = 4;

/**
 * Resolves every `Fn::If` in a value of a template. Which condition holds depends on parameters, so the value is returned for
 * each way in which its conditions can come out: for all combinations of up to four, and of more with all holding, none holding,
 * and each one alone. As CloudFormation does, it leaves out properties and items that are `AWS::NoValue`.
 *
 * @returns One value at least. It is undefined where the whole value is `AWS::NoValue`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
export function conditionalValues(value: unknown): readonly unknown[] {
  const names = [...conditionsIn(value)];
  return assignments(names).map((holding) => withoutConditions(value, holding));
}

function conditionsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (value === null || typeof value !== 'object') return found;
  const call = callOf(value);
  if (call?.name === 'Fn::If' && Array.isArray(call.argument)) found.add(String(call.argument[0]));
  for (const item of Object.values(value)) conditionsIn(item, found);
  return found;
}

function assignments(names: readonly string[]): readonly ReadonlySet<string>[] {
  if (names.length > COMBINED_CONDITIONS) {
    return [new Set(names), new Set<string>(), ...names.map((name) => new Set([name]))];
  }
  return names.reduce<readonly ReadonlySet<string>[]>(
    (sets, name) => sets.flatMap((set) => [new Set([...set, name]), set]),
    [new Set()],
  );
}

function withoutConditions(value: unknown, holding: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => withoutConditions(item, holding)).filter((item) => item !== undefined);
  }
  if (value === null || typeof value !== 'object') return value;
  const call = callOf(value);
  if (call?.name === 'Ref' && call.argument === 'AWS::NoValue') return undefined;
  if (call?.name === 'Fn::If' && Array.isArray(call.argument)) {
    const [condition, yes, no] = call.argument;
    return withoutConditions(holding.has(String(condition)) ? yes : no, holding);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, withoutConditions(item, holding)] as const)
      .filter(([, item]) => item !== undefined),
  );
}
