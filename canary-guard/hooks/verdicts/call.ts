import { describeAnswer, meets } from '../answer';
import type { Check } from '../checks';
import type { Call } from '../examination';
import type { Asked } from '../rounds';
import type { Share } from '../statistics';

/** Whether a call is not what its check expects. */
export function fails(check: Check, { answer, error }: Call): boolean {
  return error !== undefined || answer === undefined || !meets(check, answer);
}

/** Whether a call fails by no answer or a server error, and not just by an answer that the check does not expect. */
export function isBroken(check: Check, call: Call): boolean {
  return fails(check, call) && (call.answer === undefined || ('status' in call.answer && call.answer.status >= 500));
}

export function failed(check: Check, calls: readonly Call[]): Share {
  return { failed: calls.filter((call) => fails(check, call)).length, of: calls.length };
}

/** Whether every call of the new version fails, so that there is nothing to compare. */
export function isHopeless({ check, fresh }: Asked): boolean {
  return fresh.every((call) => fails(check, call));
}

/**
 * Finds the checks that both versions fail in every call, and by the same errors: something that both need is not there.
 * One that may not be repeated is not asked of the baseline, so it counts if its error is that of others. What differs from
 * call to call (ids, times, numbers) does not count; a check of what the release mends is for the new version alone.
 */
export function failingAlike(asked: readonly Asked[]): ReadonlySet<Asked> {
  const broken = asked.filter(
    ({ check, fresh, baseline }) =>
      !check.mends && fresh.length > 0 && [...fresh, ...baseline].every((call) => isBroken(check, call)),
  );
  const isKnown = ({ fresh }: Asked, known: ReadonlySet<string>) => fresh.every((call) => known.has(kindOf(call)));
  const compared = broken.filter(({ baseline }) => baseline.length > 0);
  const alike = compared.filter((each) => isKnown(each, new Set(each.baseline.map(kindOf))));
  const kinds = new Set(alike.flatMap(({ baseline }) => baseline.map(kindOf)));
  return new Set([...alike, ...broken.filter((each) => each.baseline.length === 0 && isKnown(each, kinds))]);
}

function kindOf(call: Call): string {
  return describeCall(call).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+/gi, '#');
}

/** @returns what came of a call, in words */
export function describeCall({ answer, error }: Call): string {
  return error ?? (answer ? describeAnswer(answer) : 'no answer');
}

/** @returns the first call that fails, in words */
export function describeFailure(asked: readonly Pick<Asked, 'check' | 'fresh'>[]): string {
  for (const { check, fresh } of asked) {
    const call = fresh.find((each) => fails(check, each));
    if (call) return describeCall(call);
  }
  return 'nothing';
}
