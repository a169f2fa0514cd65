import type { Alarm, Metric } from '../alarm';
import type { Canary } from '../subject';
import type { Template } from '../template/template';
import { FAILURES, REQUESTS, viewOf } from '../view';
import { breaches } from './evaluation';
import { type Compute, NotComputed, readExpression, type Value } from './expression';
import { type Point, poisson } from './poisson';

/** Requests of one period by version and outcome; their means, or one draw of them. */
export interface Requests {
  readonly newFailed: number;
  readonly newFine: number;
  readonly oldFailed: number;
  readonly oldFine: number;
}

/** What a period says, with probabilities that add up to 1. */
export interface PeriodOdds {
  readonly missing: number;
  readonly fine: number;
  readonly breaching: number;
}

/** An alarm as a function of the requests of a period. */
export interface Sensor {
  /** @param means of a period; arrivals are Poisson, so each of the four is Poisson too, independent of the others */
  odds(means: Requests): PeriodOdds;
}

/** Points of the joint distribution that are summed over at most, so that a table takes a second, not a minute. */
const MOST_POINTS = 20_000;

/** @throws NotComputed, whose message says what it is about the alarm */
export function sensorOf(template: Template, canary: Canary, alarm: Alarm): Sensor {
  const { watched, threshold, comparison } = alarm;
  if (threshold === undefined) throw new NotComputed('its threshold is not a number in the template');
  if (!/^(Greater|Less)Than(OrEqualTo)?Threshold$/.test(comparison)) {
    throw new NotComputed(`its comparison is ${comparison}`);
  }
  if (watched.type === 'unknown') throw new NotComputed(watched.why);
  if (alarm.period !== 60)
    throw new NotComputed(`its period is ${alarm.period} s: such windows overlap from minute to minute`);
  const isBreaching = (value: number) => breaches(value, comparison, threshold);
  if (watched.type === 'metric') {
    const read = readerOf(template, canary, watched.metric);
    return { odds: (means) => singleOdds(read, means, isBreaching) };
  }
  const readers = new Map(
    Object.entries(watched.metrics).map(([id, metric]) => [id, readerOf(template, canary, metric)] as const),
  );
  const computes = new Map(
    Object.entries(watched.expressions).map(([id, source]) => [id, readExpression(source)] as const),
  );
  const seesOld = [...readers.values()].some(({ sees }) => sees !== 'new version');
  return { odds: (means) => jointOdds(watched.id, readers, computes, seesOld ? means : onlyNew(means), isBreaching) };
}

interface Reader {
  readonly sees: 'new version' | 'old version' | 'both versions' | 'api';
  /** Whether it matters only that requests went well, not how many. */
  readonly ignoresFine: boolean;
  read(failed: number, fine: number): Value;
}

function readerOf(template: Template, canary: Canary, metric: Metric): Reader {
  const view = viewOf(template, canary, metric);
  const name = `${metric.namespace} ${metric.name}`;
  if (view.type === 'nothing') throw new NotComputed(`nothing is ever reported under its dimensions (${view.why})`);
  if (view.type === 'other')
    throw new NotComputed(`${name} of something else: it does not see the requests of ${canary.key}`);
  const counts = FAILURES.includes(metric.name);
  if (!counts && !REQUESTS.includes(metric.name)) throw new NotComputed(`${name} does not count requests that fail`);
  const statistic = metric.statistic;
  const sample = (failed: number, fine: number): Value => {
    const all = failed + fine;
    if (all <= 0) return undefined;
    const sum = counts ? failed : all;
    if (statistic === 'Sum') return sum;
    if (statistic === 'SampleCount') return all;
    if (statistic === 'Average') return sum / all;
    if (statistic === 'Minimum') return sum === all ? 1 : 0;
    return sum > 0 ? 1 : 0;
  };
  if (!['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'].includes(statistic)) {
    throw new NotComputed(`the statistic ${statistic} of ${name}`);
  }
  return { sees: view.type, ignoresFine: counts && /^(Sum|Minimum|Maximum)$/.test(statistic), read: sample };
}

function onlyNew(means: Requests): Requests {
  return { ...means, oldFailed: 0, oldFine: 0 };
}

function onlyOld(means: Requests): Requests {
  return { ...means, newFailed: 0, newFine: 0 };
}

/** One metric sees failed and fine requests, whatever their version: two Poisson numbers. */
function singleOdds(reader: Reader, means: Requests, isBreaching: (value: number) => boolean): PeriodOdds {
  const seen = reader.sees === 'new version' ? onlyNew(means) : reader.sees === 'old version' ? onlyOld(means) : means;
  const failed = poisson(seen.newFailed + seen.oldFailed);
  const mean = seen.newFine + seen.oldFine;
  const fine = reader.ignoresFine
    ? anyOrNone(mean)
    : poisson(mean, Math.max(100, Math.floor(MOST_POINTS / failed.length)));
  const tally = new Tally(isBreaching);
  for (const bad of failed) {
    for (const good of fine) tally.add(reader.read(bad.value, good.value), bad.probability * good.probability);
  }
  return tally.odds;
}

function anyOrNone(mean: number): readonly Point[] {
  const none = Math.exp(-mean);
  return [
    { value: 0, probability: none },
    { value: 1, probability: 1 - none },
  ];
}

function jointOdds(
  id: string,
  readers: ReadonlyMap<string, Reader>,
  computes: ReadonlyMap<string, Compute>,
  means: Requests,
  isBreaching: (value: number) => boolean,
): PeriodOdds {
  // Failures decide and are few; of requests that went well only the rough number matters.
  const dimensions = Object.values(means).filter((mean) => mean > 0).length;
  const [failures, successes] = dimensions > 3 ? [32, 16] : dimensions > 2 ? [40, 24] : [120, 200];
  const oldFailures = poisson(means.oldFailed, dimensions > 3 ? 20 : failures);
  const oldSuccesses = poisson(means.oldFine, successes);
  const newSuccesses = poisson(means.newFine, successes);
  const tally = new Tally(isBreaching);
  for (const newFailed of poisson(means.newFailed, failures)) {
    for (const newFine of newSuccesses) {
      for (const oldFailed of oldFailures) {
        for (const oldFine of oldSuccesses) {
          const probability = newFailed.probability * newFine.probability * oldFailed.probability * oldFine.probability;
          if (probability < 1e-13) continue;
          tally.add(observed(id, readers, computes, newFailed, newFine, oldFailed, oldFine), probability);
        }
      }
    }
  }
  return tally.odds;
}

function observed(
  id: string,
  readers: ReadonlyMap<string, Reader>,
  computes: ReadonlyMap<string, Compute>,
  newFailed: Point,
  newFine: Point,
  oldFailed: Point,
  oldFine: Point,
): Value {
  const value = (wanted: string, depth: number): Value => {
    const reader = readers.get(wanted);
    if (reader?.sees === 'new version') return reader.read(newFailed.value, newFine.value);
    if (reader?.sees === 'old version') return reader.read(oldFailed.value, oldFine.value);
    if (reader) return reader.read(newFailed.value + oldFailed.value, newFine.value + oldFine.value);
    const compute = computes.get(wanted);
    if (!compute || depth > 10) throw new NotComputed(`nothing in it has the id '${wanted}'`);
    return compute((inner) => value(inner, depth + 1));
  };
  return value(id, 0);
}

class Tally {
  #missing = 0;
  #fine = 0;
  #breaching = 0;

  constructor(private readonly isBreaching: (value: number) => boolean) {}

  add(value: Value, probability: number): void {
    if (value === undefined || Number.isNaN(value)) this.#missing += probability;
    else if (this.isBreaching(value)) this.#breaching += probability;
    else this.#fine += probability;
  }

  get odds(): PeriodOdds {
    const all = this.#missing + this.#fine + this.#breaching;
    return { missing: this.#missing / all, fine: this.#fine / all, breaching: this.#breaching / all };
  }
}
