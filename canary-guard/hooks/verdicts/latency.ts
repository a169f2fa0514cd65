import type { Check, Failure } from '../checks';
import type { Call } from '../examination';
import type { Asked } from '../rounds';
import { mannWhitney, median } from '../statistics';
import { isBroken } from './call';

/** The chance that a slow-down is none, from which on it counts as one. */
const SIGNIFICANT = 0.001;

/** And from which on it is worth more calls. */
const SUSPICIOUS = 0.05;

/** The new version may take less than so many times as long. */
const FACTOR = 2;

/** Milliseconds added to the baseline's, so that noise of a very fast handler is no slow-down. */
const NOISE = 3;

/** A duration that is shorter than Lambda can tell. */
const SHORTEST = 0.01;

/** Fails a version whose warm calls take much longer than the baseline's, all checks together. */
export function isSlower(
  asked: readonly Asked[],
  baselineName: string,
  note: (message: string) => void,
): readonly Failure[] {
  const compared = asked.filter(isCompared);
  const answered = compared.flatMap(({ fresh, baseline }) => [...fresh, ...baseline]).filter(({ answer }) => answer);
  if (answered.some(({ milliseconds }) => milliseconds === undefined)) {
    note('Lambda did not say of all calls how long they took: those are not in the comparison of durations');
  }
  const { is, was, calls, chance, slow } = compare(compared);
  if (!slow || chance >= SIGNIFICANT) return [];
  return [
    {
      check: 'takes no longer than before',
      expected: `about as fast as ${baselineName} (${describe(was)})`,
      received: `${describe(is)} in the median of ${calls} warm calls`,
    },
  ];
}

/** @returns the checks to ask again, since the new version seems to be slower and it may be chance */
export function seemsSlower(asked: readonly Asked[]): readonly Check[] {
  const compared = asked.filter(isCompared);
  const { chance, slow } = compare(compared);
  const undecided = chance < SUSPICIOUS && !(slow && chance < SIGNIFICANT);
  return undecided ? compared.map(({ check }) => check) : [];
}

/** What a release mends may take its time: before, there was nothing to do. */
function isCompared({ check, baseline }: Asked): boolean {
  return baseline.length > 0 && !check.mends;
}

interface Comparison {
  /** medians in milliseconds */
  readonly is: number;
  readonly was: number;
  /** of the new version */
  readonly calls: number;
  /** that the new version takes as long */
  readonly chance: number;
  readonly slow: boolean;
}

function compare(compared: readonly Asked[]): Comparison {
  const durations = compared
    .map(({ check, fresh, baseline }) => {
      const ofWarm = (calls: readonly Call[]) =>
        calls
          .filter((call) => call.cold === false && !isBroken(check, call))
          .flatMap(({ milliseconds }) => milliseconds ?? []);
      return { fresh: ofWarm(fresh), baseline: ofWarm(baseline) };
    })
    .filter((each) => each.fresh.length > 0 && each.baseline.length > 0);
  const pooled = (side: 'fresh' | 'baseline') => durations.flatMap((each) => each[side]);
  // Each divided by what its check takes usually, for one check may take far longer than another.
  const relative = (side: 'fresh' | 'baseline') =>
    durations.flatMap((each) => {
      const usual = Math.max(SHORTEST, median(each.baseline));
      return each[side].map((value) => value / usual);
    });
  const [is, was] = [median(pooled('fresh')), median(pooled('baseline'))];
  return {
    is,
    was,
    calls: pooled('fresh').length,
    chance: mannWhitney(relative('fresh'), relative('baseline')),
    slow: is >= FACTOR * (was + NOISE),
  };
}

function describe(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}
