/** An observed share with its 95 % interval. */
export interface Proportion {
  readonly count: number;
  /** Number of observations. */
  readonly of: number;
  /** 0 to 1; 0 without observations. */
  readonly share: number;
  /** Bounds of the 95 % interval by Wilson, 0 to 1. */
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * Computes a share with its 95 % score interval (Wilson 1927), which also holds near 0 and 1 and for few observations.
 *
 * @param of Number of observations; without any, the interval is 0 to 1.
 */
export function proportion(count: number, of: number): Proportion {
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

/** @returns The mean, undefined without values. */
export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @returns The median, undefined without values; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @returns A share in percent, e.g. `0 %`, `0.3 %`, `12 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value > 100) return `${Math.round(value)} %`;
  if (value < 0.1) return '< 0.1 %';
  return value < 10 || value > 99 ? `${value.toFixed(1)} %` : `${Math.round(value)} %`;
}
