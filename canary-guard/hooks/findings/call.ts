import { describeAnswer, meets } from '../answer';
import type { CheckCalls, VersionCall } from '../calls';
import type { Check } from '../checks';
import type { FailureCount } from '../statistics';

/** @returns Whether the result of a call is not what its check expects. */
export function fails(check: Check, { answer, error }: VersionCall): boolean {
  return error !== undefined || answer === undefined || !meets(check, answer);
}

/** @returns Whether a call fails by an error or a 5xx, and not only by an answer that the check does not expect. */
export function isBroken(check: Check, call: VersionCall): boolean {
  return fails(check, call) && (call.answer === undefined || ('status' in call.answer && call.answer.status >= 500));
}

export function countFailures(check: Check, calls: readonly VersionCall[]): FailureCount {
  return { failed: calls.filter((call) => fails(check, call)).length, of: calls.length };
}

/** @returns Whether every call of the new version fails, so that there is nothing to compare. */
export function failsEveryCall({ check, newVersion }: CheckCalls): boolean {
  return newVersion.every((call) => fails(check, call));
}

/**
 * Finds the checks that both versions fail in every call, and by the same errors: something that both need is down.
 *
 * A check that may not be repeated is not run on the baseline, so it counts if its error is one of those. Ids, times and
 * numbers in an error are ignored. A check of what the release fixes does not count: the baseline is expected to fail it.
 */
export function failingAlike(calls: readonly CheckCalls[]): ReadonlySet<CheckCalls> {
  const broken = calls.filter(
    ({ check, newVersion, baseline }) =>
      !check.fixes && newVersion.length > 0 && [...newVersion, ...baseline].every((call) => isBroken(check, call)),
  );
  const hasOnly = ({ newVersion }: CheckCalls, errors: ReadonlySet<string>) =>
    newVersion.every((call) => errors.has(kindOf(call)));
  const compared = broken.filter(({ baseline }) => baseline.length > 0);
  const alike = compared.filter((each) => hasOnly(each, new Set(each.baseline.map(kindOf))));
  const errors = new Set(alike.flatMap(({ baseline }) => baseline.map(kindOf)));
  return new Set([...alike, ...broken.filter((each) => each.baseline.length === 0 && hasOnly(each, errors))]);
}

function kindOf(call: VersionCall): string {
  return describeCall(call).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+/gi, '#');
}

/** @returns The result of a call, as text. */
export function describeCall({ answer, error }: VersionCall): string {
  return error ?? (answer ? describeAnswer(answer) : 'no answer');
}

/** @returns The first call of the new version that fails, as text. */
export function describeFailure(calls: readonly Pick<CheckCalls, 'check' | 'newVersion'>[]): string {
  for (const { check, newVersion } of calls) {
    const call = newVersion.find((each) => fails(check, each));
    if (call) return describeCall(call);
  }
  return 'nothing';
}
