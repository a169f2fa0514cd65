/** A share with the interval that the observations leave open. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** 0 to 1; 0 of nothing */
  readonly share: number;
  /** bounds of the 95 % interval by Wilson, 0 to 1 */
  readonly low: number;
  readonly high: number;
}

/** Of the normal distribution, two-sided, for 95 %. */
const Z = 1.959964;

/**
 * A share with its 95 % score interval (Wilson 1927), which holds for shares near 0 and 1 and for few observations too.
 *
 * @param of how many there were; none at all leaves everything open
 */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, share: 0, low: 0, high: 1 };
  const share = count / of;
  const middle = (share + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of);
  const half = (Z / (1 + (Z * Z) / of)) * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  return {
    count,
    of,
    share,
    low: count === 0 ? 0 : Math.max(0, middle - half),
    high: count === of ? 1 : Math.min(1, middle + half),
  };
}

/** @returns undefined of nothing */
export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @returns undefined of nothing; of an even number the mean of the two in the middle */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
