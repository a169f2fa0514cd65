import { describeExpected } from '../answer';
import { type Failure, isRepeatable } from '../checks';
import type { Asked } from '../rounds';
import { fisher, type Share } from '../statistics';
import { describeFailure, failed, fails, isBroken, isHopeless } from './call';

/** So many calls of a kind must have been made before that all of them failed says something of the kind. */
const ENOUGH = 2;

/** The chance that a difference in failures is none, from which on it counts as one. */
const SIGNIFICANT = 0.01;

const FEWEST_FAILURES = 3;

/** The share of failures that a version without a baseline may have. */
const TOLERATED = 0.03;

/** Fails a check all of whose calls failed. */
export function failsAlways(asked: Asked, baselineName: string): readonly Failure[] {
  const { check, fresh, baseline } = asked;
  if (fresh.length === 0 || !isHopeless(asked)) return [];
  const same = baseline.length > 0 && baseline.every((call) => fails(check, call)) ? `; ${baselineName} fails too` : '';
  const all = fresh.length > 1 ? ` (all ${fresh.length} calls${same})` : '';
  return [{ check: check.name, expected: describeExpected(check), received: `${describeFailure([asked])}${all}` }];
}

/** Fails a version that fails in every new environment; of all checks together, for each alone has few cold calls. */
export function failsWhenCold(all: readonly Asked[]): readonly Failure[] {
  const asked = all.filter((each) => !isHopeless(each));
  const [cold, warm] = [counted(asked, true), counted(asked, false)];
  // Compared with the warm calls, so that neither some of those nor a rare failure of all requests misleads.
  if (cold.of < ENOUGH || cold.failed < cold.of || fisher(cold, warm) >= SIGNIFICANT) return [];
  const example = describeFailure(asked.map((each) => ({ ...each, fresh: each.fresh.filter((call) => call.cold) })));
  return [
    {
      check: 'the first request of each environment',
      expected: 'an answer as of a warm one',
      received: `${example} (${cold.failed} of ${cold.of} cold calls, ${warm.failed} of ${warm.of} warm ones)`,
    },
  ];
}

/** Fails a check that only new environments pass. */
export function failsWhenWarm(asked: Asked): readonly Failure[] {
  const { check } = asked;
  const warm = counted([asked], false);
  if (isHopeless(asked) || warm.of < ENOUGH || warm.failed < warm.of) return [];
  const example = describeFailure([{ check, fresh: asked.fresh.filter((call) => call.cold === false) }]);
  const received = `${example} (all ${warm.of} warm calls; cold ones pass)`;
  return [{ check: check.name, expected: describeExpected(check), received }];
}

/** Whether a check failed in some calls and passed in others, so that more have to be made. */
export function isDoubtful(asked: Asked): boolean {
  const { check, fresh } = asked;
  if (!isRepeatable(check) || isHopeless(asked) || failsWhenWarm(asked).length > 0) return false;
  return fresh.some((call) => fails(check, call));
}

/** Fails what fails more often than in the baseline; all doubtful checks together. */
export function failsSometimes(
  asked: readonly Asked[],
  baselineName: string,
  note: (message: string) => void,
): readonly Failure[] {
  if (asked.length === 0) return [];
  const fresh = total(asked.map((each) => failed(each.check, each.fresh)));
  const baseline = total(asked.map(failedBaseline));
  const compared = baseline.of > 0;
  const counts = `${fresh.failed} of ${fresh.of} calls failed${compared ? `, of ${baselineName} ${baseline.failed} of ${baseline.of}` : ''}`;
  const significant = compared ? fisher(fresh, baseline) < SIGNIFICANT : fresh.failed / fresh.of > TOLERATED;
  const names = asked.map(({ check }) => check.name).join(', ');
  if (fresh.failed < FEWEST_FAILURES || !significant) {
    note(`${names}: ${counts}: that may be chance, e.g. ${describeFailure(asked)}`);
    return [];
  }
  const expected = compared ? `no more failures than ${baselineName}` : 'hardly any failures';
  return [{ check: names, expected, received: `${counts}, e.g. ${describeFailure(asked)}` }];
}

/** What a release expects that changes an answer, the baseline cannot meet: then only what is broken counts of it. */
function failedBaseline({ check, baseline }: Asked): Share {
  const share = failed(check, baseline);
  if (share.failed < share.of) return share;
  return { failed: baseline.filter((call) => isBroken(check, call)).length, of: share.of };
}

function counted(asked: readonly Asked[], cold: boolean): Share {
  return total(
    asked.map(({ check, fresh }) =>
      failed(
        check,
        fresh.filter((call) => call.cold === cold),
      ),
    ),
  );
}

function total(shares: readonly Share[]): Share {
  return {
    failed: shares.reduce((sum, share) => sum + share.failed, 0),
    of: shares.reduce((sum, share) => sum + share.of, 0),
  };
}
