/** @returns The middle value, or the mean of the two middle ones; NaN if there are no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many calls failed. */
export interface FailureCount {
  readonly failed: number;
  /** All calls. */
  readonly of: number;
}

/**
 * Fisher's exact test, one-sided.
 *
 * @returns The probability that `ours` have at least as many of the failures, if both fail equally often.
 */
export function fisher(ours: FailureCount, theirs: FailureCount): number {
  const failed = ours.failed + theirs.failed;
  const all = ours.of + theirs.of;
  let chance = 0;
  for (let k = ours.failed; k <= Math.min(failed, ours.of); k += 1) {
    if (failed - k > theirs.of) continue;
    chance += Math.exp(logChoose(ours.of, k) + logChoose(theirs.of, failed - k) - logChoose(all, failed));
  }
  return Math.min(1, chance);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}

/**
 * Mann-Whitney test, one-sided, by the normal approximation with corrections for ties and continuity.
 *
 * @returns The probability that `ours` exceed `theirs` at least as much, if both have one distribution; 1 if either is
 *   empty.
 */
export function mannWhitney(ours: readonly number[], theirs: readonly number[]): number {
  const [n, m] = [ours.length, theirs.length];
  if (n === 0 || m === 0) return 1;
  const sorted = [
    ...ours.map((value) => ({ value, own: true })),
    ...theirs.map((value) => ({ value, own: false })),
  ].sort((a, b) => a.value - b.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]!.value === sorted[from]!.value) to += 1;
    const own = sorted.slice(from, to).filter((each) => each.own).length;
    ranks += (own * (from + 1 + to)) / 2; // equal values share the mean of their ranks
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const all = n + m;
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  if (!(deviation > 0)) return 1; // all are equal
  const excess = ranks - (n * (n + 1)) / 2 - (n * m) / 2 - 0.5;
  return upperTail(excess / deviation);
}

/**
 * @returns The probability that a standard normal variable exceeds z, to within 1e-7.
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26
 */
function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, coefficient) => (sum + coefficient) * t,
    0,
  );
  const tail = (polynomial * Math.exp(-x * x)) / 2;
  return z >= 0 ? tail : 1 - tail;
}
