import { describeExpected } from '../answer';
import type { CheckCalls } from '../calls';
import { type CheckFailure, isRepeatable, type Note } from '../checks';
import { type FailureCount, fisher } from '../statistics';
import { countFailures, describeFailure, fails, failsEveryCall, isBroken } from './call';

/** Fewest calls, cold or warm, whose failing all together is a pattern. */
const ENOUGH_CALLS = 2;

/** Probability of chance below which a difference in failures counts as one. */
const SIGNIFICANT = 0.01;

const FEWEST_FAILURES = 3;

/** Share of failures that a version without a baseline may have. */
const TOLERATED = 0.03;

/** Fails a check all of whose calls failed. */
export function failsAlways(calls: CheckCalls, baselineName: string): readonly CheckFailure[] {
  const { check, newVersion, baseline } = calls;
  if (newVersion.length === 0 || !failsEveryCall(calls)) return [];
  const same = baseline.length > 0 && baseline.every((call) => fails(check, call)) ? `; ${baselineName} fails too` : '';
  const all = newVersion.length > 1 ? ` (all ${newVersion.length} calls${same})` : '';
  return [{ check: check.name, expected: describeExpected(check), received: `${describeFailure([calls])}${all}` }];
}

/** Fails a version that fails in every new environment. All checks count together: each has only a few cold calls. */
export function failsWhenCold(all: readonly CheckCalls[]): readonly CheckFailure[] {
  const calls = all.filter((each) => !failsEveryCall(each));
  const [cold, warm] = [countByStart(calls, true), countByStart(calls, false)];
  // Compared with the warm calls, so that neither failures of some of those nor rare failures of all calls mislead.
  if (cold.of < ENOUGH_CALLS || cold.failed < cold.of || fisher(cold, warm) >= SIGNIFICANT) return [];
  const example = describeFailure(
    calls.map(({ check, newVersion }) => ({ check, newVersion: newVersion.filter((call) => call.cold) })),
  );
  return [
    {
      check: 'the first request of each environment',
      expected: 'an answer as in a warm environment',
      received: `${example} (${cold.failed} of ${cold.of} cold calls, ${warm.failed} of ${warm.of} warm ones)`,
    },
  ];
}

/** Fails a check that passes in new environments only. */
export function failsWhenWarm(calls: CheckCalls): readonly CheckFailure[] {
  const { check } = calls;
  const warm = countByStart([calls], false);
  if (failsEveryCall(calls) || warm.of < ENOUGH_CALLS || warm.failed < warm.of) return [];
  const example = describeFailure([{ check, newVersion: calls.newVersion.filter((call) => call.cold === false) }]);
  const received = `${example} (all ${warm.of} warm calls; cold ones pass)`;
  return [{ check: check.name, expected: describeExpected(check), received }];
}

/** @returns Whether a check failed in some calls and passed in others, so that more calls are needed. */
export function isDoubtful(calls: CheckCalls): boolean {
  const { check, newVersion } = calls;
  if (!isRepeatable(check) || failsEveryCall(calls) || failsWhenWarm(calls).length > 0) return false;
  return newVersion.some((call) => fails(check, call));
}

/** Fails the doubtful checks if, all together, they fail more often than in the baseline. */
export function failsSometimes(
  calls: readonly CheckCalls[],
  baselineName: string,
  note: Note,
): readonly CheckFailure[] {
  if (calls.length === 0) return [];
  const newVersion = total(calls.map((each) => countFailures(each.check, each.newVersion)));
  const baseline = total(calls.map(countBaselineFailures));
  const compared = baseline.of > 0;
  const counts = `${newVersion.failed} of ${newVersion.of} calls failed${compared ? `, of ${baselineName} ${baseline.failed} of ${baseline.of}` : ''}`;
  const significant = compared
    ? fisher(newVersion, baseline) < SIGNIFICANT
    : newVersion.failed / newVersion.of > TOLERATED;
  const names = calls.map(({ check }) => check.name).join(', ');
  if (newVersion.failed < FEWEST_FAILURES || !significant) {
    note(`${names}: ${counts}: that may be chance, e.g. ${describeFailure(calls)}`);
    return [];
  }
  const expected = compared ? `no more failures than ${baselineName}` : 'hardly any failures';
  return [{ check: names, expected, received: `${counts}, e.g. ${describeFailure(calls)}` }];
}

/** The baseline cannot meet a check of an answer that the release changes: then only errors and 5xx count as failures. */
function countBaselineFailures({ check, baseline }: CheckCalls): FailureCount {
  const count = countFailures(check, baseline);
  if (count.failed < count.of) return count;
  return { failed: baseline.filter((call) => isBroken(check, call)).length, of: count.of };
}

function countByStart(calls: readonly CheckCalls[], cold: boolean): FailureCount {
  return total(
    calls.map(({ check, newVersion }) =>
      countFailures(
        check,
        newVersion.filter((call) => call.cold === cold),
      ),
    ),
  );
}

function total(counts: readonly FailureCount[]): FailureCount {
  return {
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    of: counts.reduce((sum, count) => sum + count.of, 0),
  };
}
