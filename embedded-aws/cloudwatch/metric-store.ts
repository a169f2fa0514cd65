import type { VirtualClock } from '../clock';
import type { MetricDatum } from './metric';

/** Identity of a metric. Every combination of dimensions is a separate metric. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Observations of a metric in a span of time. */
export interface Observations {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Values with the number of times that each was observed; empty when only aggregates were reported. */
  readonly values: readonly { readonly value: number; readonly count: number }[];
}

/** Observations of one second, in one unit, that became visible at the same time. */
interface Bucket {
  readonly at: number;
  readonly visibleFrom: number;
  readonly unit: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly values: { value: number; count: number }[];
}

interface Series {
  readonly id: MetricId;
  readonly buckets: Bucket[];
}

/** Milliseconds that observations are kept; alarms look back a day at most. */
const RETENTION = 2 * 24 * 3600_000;

const MINUTE = 60_000;

/**
 * Milliseconds from the end of a minute until a service's metrics of that minute are visible. AWS services publish once
 * a minute (Lambda developer guide, "Lambda sends metrics in one-minute intervals"); in a published log an alarm saw
 * Lambda's errors at most 21 s after the end of their minute (inferred; contract.md).
 */
export const PUBLISHING = 15_000;

/** All metrics of an account and region, aggregated by the second. */
export class MetricStore {
  readonly #clock: VirtualClock;
  readonly #series = new Map<string, Series>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /**
   * Records an observation of an AWS service, visible to queries and alarms once the service has published the minute.
   */
  record({ namespace, name, dimensions, value, at, unit }: MetricDatum): void {
    const values = [{ value, count: 1 }];
    const visibleFrom = Math.floor(this.#clock.now() / MINUTE + 1) * MINUTE + PUBLISHING;
    const observed = { count: 1, sum: value, min: value, max: value, values };
    this.#add({ namespace, name, dimensions }, observed, at, unit ?? 'None', visibleFrom);
  }

  /**
   * Records observations of PutMetricData, visible at once.
   *
   * @param at Milliseconds since the epoch.
   * @param unit Unit of the values, `None` when absent.
   */
  put(id: MetricId, observed: Observations, at: number, unit = 'None'): void {
    this.#add(id, observed, at, unit, floor(this.#clock.now()));
  }

  #add(id: MetricId, observed: Observations, at: number, unit: string, visibleFrom: number): void {
    const series = this.#find(id);
    const bucket = bucketFor(series.buckets, floor(at), visibleFrom, unit);
    bucket.count += observed.count;
    bucket.sum += observed.sum;
    bucket.min = Math.min(bucket.min, observed.min);
    bucket.max = Math.max(bucket.max, observed.max);
    for (const { value, count } of observed.values) {
      const last = bucket.values.at(-1);
      if (last?.value === value) last.count += count;
      else bucket.values.push({ value, count });
    }
    const expired = this.#clock.now() - RETENTION;
    if (series.buckets[0]!.at < expired) series.buckets.splice(0, firstFrom(series.buckets, expired));
  }

  /**
   * @param from Milliseconds since the epoch, included.
   * @param to Milliseconds since the epoch, excluded.
   * @param unit Unit to restrict to; any when absent.
   * @returns The visible observations of a metric in that time; undefined when there are none.
   */
  observe(id: MetricId, from: number, to: number, unit?: string): Observations | undefined {
    const buckets = this.#series.get(key(id))?.buckets ?? [];
    const now = this.#clock.now();
    let seen: Bucket | undefined;
    for (let index = firstFrom(buckets, from); index < buckets.length && buckets[index]!.at < to; index += 1) {
      const bucket = buckets[index]!;
      if (bucket.visibleFrom > now || (unit && bucket.unit !== unit)) continue;
      seen ??= emptyBucket(from, now, bucket.unit);
      seen.count += bucket.count;
      seen.sum += bucket.sum;
      seen.min = Math.min(seen.min, bucket.min);
      seen.max = Math.max(seen.max, bucket.max);
      for (const value of bucket.values) seen.values.push(value);
    }
    return seen;
  }

  /** @returns The unit in which a metric was last reported; undefined for an unknown metric. */
  unit(id: MetricId): string | undefined {
    return this.#series.get(key(id))?.buckets.at(-1)?.unit;
  }

  /** @returns All metrics, in the order of their first report. */
  list(): readonly MetricId[] {
    return [...this.#series.values()].map((series) => series.id);
  }

  #find(id: MetricId): Series {
    const name = key(id);
    let series = this.#series.get(name);
    if (!series) {
      series = { id, buckets: [] };
      this.#series.set(name, series);
    }
    return series;
  }
}

function key({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.keys(dimensions).sort();
  return [namespace, name, ...sorted.flatMap((dimension) => [dimension, dimensions[dimension]])].join('\n');
}

function floor(at: number): number {
  return Math.floor(at / 1000) * 1000;
}

function bucketFor(buckets: Bucket[], at: number, visibleFrom: number, unit: string): Bucket {
  let index = firstFrom(buckets, at + 1);
  for (let earlier = index - 1; earlier >= 0 && buckets[earlier]!.at === at; earlier -= 1) {
    const bucket = buckets[earlier]!;
    if (bucket.visibleFrom === visibleFrom && bucket.unit === unit) return bucket;
    index = earlier + 1;
  }
  const bucket = emptyBucket(at, visibleFrom, unit);
  buckets.splice(index, 0, bucket);
  return bucket;
}

function emptyBucket(at: number, visibleFrom: number, unit: string): Bucket {
  return { at, visibleFrom, unit, count: 0, sum: 0, min: Infinity, max: -Infinity, values: [] };
}

/** @returns The index of the first bucket at or after an instant. */
function firstFrom(buckets: readonly Bucket[], at: number): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
