import type { CheckCalls, VersionCall } from '../calls';
import type { Check, CheckFailure, Note } from '../checks';
import { mannWhitney, median } from '../statistics';
import { isBroken } from './call';

/** Probability of chance below which a slow-down counts as one. */
const SIGNIFICANT = 0.001;

/** Probability of chance below which more calls are made. */
const SUSPICIOUS = 0.05;

/** The new version has to take less than this many times as long. */
const FACTOR = 2;

/** Milliseconds added to the baseline's, so that noise of a very fast handler is not a slow-down. */
const NOISE = 3;

/** Milliseconds. Lambda does not measure shorter durations. */
const SHORTEST = 0.01;

/** Fails a version whose warm calls take much longer than the baseline's, all checks together. */
export function isSlower(calls: readonly CheckCalls[], baselineName: string, note: Note): readonly CheckFailure[] {
  const compared = calls.filter(isCompared);
  const answered = compared
    .flatMap(({ newVersion, baseline }) => [...newVersion, ...baseline])
    .filter(({ answer }) => answer);
  if (answered.some(({ milliseconds }) => milliseconds === undefined)) {
    note('Lambda reported no duration for some calls: those are left out of the comparison of durations');
  }
  const { is, was, count, chance, slow } = compare(compared);
  if (!slow || chance >= SIGNIFICANT) return [];
  return [
    {
      check: 'takes no longer than before',
      expected: `about as fast as ${baselineName} (${describe(was)})`,
      received: `${describe(is)} in the median of ${count} warm calls`,
    },
  ];
}

/** @returns The checks to repeat, because the new version seems to be slower and that may be chance. */
export function seemsSlower(calls: readonly CheckCalls[]): readonly Check[] {
  const compared = calls.filter(isCompared);
  const { chance, slow } = compare(compared);
  const undecided = chance < SUSPICIOUS && !(slow && chance < SIGNIFICANT);
  return undecided ? compared.map(({ check }) => check) : [];
}

/** A fix may take longer: the version in service did not do that work. */
function isCompared({ check, baseline }: CheckCalls): boolean {
  return baseline.length > 0 && !check.fixes;
}

interface DurationComparison {
  /** Median of the new version, in milliseconds. */
  readonly is: number;
  /** Median of the baseline, in milliseconds. */
  readonly was: number;
  /** Calls of the new version. */
  readonly count: number;
  /** Probability that the new version takes no longer. */
  readonly chance: number;
  readonly slow: boolean;
}

function compare(compared: readonly CheckCalls[]): DurationComparison {
  const durations = compared
    .map(({ check, newVersion, baseline }) => {
      const ofWarm = (calls: readonly VersionCall[]) =>
        calls
          .filter((call) => call.cold === false && !isBroken(check, call))
          .flatMap(({ milliseconds }) => milliseconds ?? []);
      return { newVersion: ofWarm(newVersion), baseline: ofWarm(baseline) };
    })
    .filter((each) => each.newVersion.length > 0 && each.baseline.length > 0);
  const pooled = (side: 'newVersion' | 'baseline') => durations.flatMap((each) => each[side]);
  // Divided by what the check usually takes, because one check may take far longer than another.
  const relative = (side: 'newVersion' | 'baseline') =>
    durations.flatMap((each) => {
      const usual = Math.max(SHORTEST, median(each.baseline));
      return each[side].map((value) => value / usual);
    });
  const [is, was] = [median(pooled('newVersion')), median(pooled('baseline'))];
  return {
    is,
    was,
    count: pooled('newVersion').length,
    chance: mannWhitney(relative('newVersion'), relative('baseline')),
    slow: is >= FACTOR * (was + NOISE),
  };
}

function describe(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}
