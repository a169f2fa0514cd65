import { breaches, COMPARISON_OPERATORS, evaluationRange } from '../../aws-rules/alarm-evaluation';
import { NotComputed, type Point } from '../../aws-rules/metric-math';
import { type Alarm, type Metric, metricsOf } from '../alarm';
import { type Canary, functionNamed, keyOf } from '../subject';
import type { Template } from '../template/template';
import { FAILURES, REQUESTS, viewOf } from '../view';
import { type Compute, compileExpression } from './expression';
import { type PoissonValue, poisson } from './poisson';
import type { Failure, Requests } from './scenario';

/** What a period says, with probabilities that add up to 1. */
export interface PeriodOdds {
  readonly missing: number;
  readonly fine: number;
  readonly breaching: number;
}

/** An alarm as a function of the requests of a period. */
export interface Sensor {
  /** @returns what is compared with the threshold; undefined where the period has no datapoint */
  value(requests: Requests): Point;
  isBreaching(value: number): boolean;
  /** Whether it counts requests that fail; if not, they are to it as any others. */
  readonly seesFailures: boolean;
  /**
   * @param means of a period; arrivals are Poisson, so each of them is Poisson too, independent of the others
   * @default - too many numbers to sum over, or its windows overlap, so that their odds are no help: draw instead
   */
  readonly odds?: (means: Requests) => PeriodOdds;
}

export type SummedSensor = Required<Sensor>;

export function isSummed(sensor: Sensor): sensor is SummedSensor {
  return sensor.odds !== undefined;
}

/** Points of the joint distribution that are summed over at most, so that a table takes a second, not a minute. */
const MOST_POINTS = 20_000;

/** Periods that are summed over at most: of each it matters what three things it says, so 3 ** 10 histories. */
const LONGEST_RANGE = 10;

/** Seconds that an alarm may look back, so that drawing a release stays quick. */
const LONGEST_PAST = 10 * 3600;

/**
 * @param failure how requests fail
 * @throws NotComputed, whose message says what it is about the alarm
 */
export function sensorOf(template: Template, canary: Canary, alarm: Alarm, failure: Failure = 'throws'): Sensor {
  const { watched, threshold, comparison, period } = alarm;
  if (threshold === undefined) throw new NotComputed('its threshold is not a number in the template');
  const operator = COMPARISON_OPERATORS.find((known) => known === comparison);
  if (!operator) throw new NotComputed(`its comparison is ${comparison}`);
  if (watched.type === 'unknown') throw new NotComputed(watched.why);
  const periods = new Set(metricsOf(watched).map((metric) => metric.period));
  if (periods.size > 1) throw new NotComputed(`its metrics have several periods: ${[...periods].join(', ')} s`);
  if (period % 60 !== 0) throw new NotComputed(`its period is ${period} s, not whole minutes`);
  const range = evaluationRange(alarm.evaluationPeriods);
  if (range * period > LONGEST_PAST) throw new NotComputed('it looks back further than ten hours');
  const isBriefEnough = period === 60 && range <= LONGEST_RANGE;
  const isBreaching = (value: number) => breaches(value, operator, threshold);
  if (watched.type === 'metric') {
    const reader = readerOf(template, canary, watched.metric, failure);
    if (reader.sees === 'others') throw new NotComputed(unrelated(template, canary, watched.metric));
    const odds = (means: Requests) => singleOdds(reader, means, isBreaching);
    const { seesFailures } = reader;
    const value = (requests: Requests) => readAs(reader, requests);
    return { value, isBreaching, seesFailures, ...(isBriefEnough && { odds }) };
  }
  const readers = new Map(
    Object.entries(watched.metrics).map(([id, metric]) => [id, readerOf(template, canary, metric, failure)] as const),
  );
  for (const [id, { sees }] of readers) {
    // Errors of other functions matter to what is left of an API's 5xx, and to nothing else here.
    const isOfApi = [...readers.values()].some((each) => each.sees === 'api');
    if (sees === 'others' && !isOfApi) throw new NotComputed(unrelated(template, canary, watched.metrics[id]!));
  }
  const value = expressionOf(watched.id, readers, watched.expressions);
  const seen = [...readers.values()].map(({ sees }) => sees);
  const seesFailures = [...readers.values()].some((each) => each.seesFailures);
  // Sums over the requests of both versions would have to join neighbours so coarsely that draws are better.
  if (!isBriefEnough || seen.some((each) => each !== 'new version')) return { value, isBreaching, seesFailures };
  return { value, isBreaching, seesFailures, odds: (means) => jointOdds(value, means, isBreaching) };
}

interface Reader {
  readonly sees: 'new version' | 'old version' | 'both versions' | 'api' | 'others';
  /** Whether it tells requests that fail from others. */
  readonly seesFailures: boolean;
  /** Whether it matters only that requests went well, not how many. */
  readonly ignoresFine: boolean;
  read(failed: number, fine: number): Point;
}

function readerOf(template: Template, canary: Canary, metric: Metric, failure: Failure): Reader {
  const view = viewOf(template, canary, metric);
  const name = `${metric.namespace} ${metric.name}`;
  if (view.type === 'nothing') throw new NotComputed(`nothing is ever reported under its dimensions (${view.why})`);
  const counts = FAILURES.includes(metric.name);
  if (view.type === 'other' && !(counts && metric.namespace === 'AWS/Lambda')) {
    throw new NotComputed(unrelated(template, canary, metric));
  }
  const unlike = NO_FAILURES[metric.name];
  if (unlike !== undefined) throw new NotComputed(unlike);
  if (!counts && !REQUESTS.includes(metric.name)) throw new NotComputed(`${name} does not count requests that fail`);
  const { statistic } = metric;
  if (!['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'].includes(statistic)) {
    throw new NotComputed(`the statistic ${statistic} of ${name}`);
  }
  // A 5xx that the code answers is a success to Lambda.
  const seesFailures = counts && (failure === 'throws' || metric.namespace !== 'AWS/Lambda');
  const read = (failed: number, fine: number): Point => {
    const all = failed + fine;
    if (all <= 0) return undefined;
    const sum = counts ? (seesFailures ? failed : 0) : all;
    if (statistic === 'Sum') return sum;
    if (statistic === 'SampleCount') return all;
    if (statistic === 'Average') return sum / all;
    if (statistic === 'Minimum') return sum === all ? 1 : 0;
    return sum > 0 ? 1 : 0;
  };
  const ignoresFine = counts && /^(Sum|Minimum|Maximum)$/.test(statistic);
  return { sees: view.type === 'other' ? 'others' : view.type, seesFailures, ignoresFine, read };
}

/** Metrics that people watch beside failures, and why this table has no figure for them. */
const NO_FAILURES: Readonly<Record<string, string>> = Object.fromEntries([
  ...['Duration', 'Latency', 'IntegrationLatency', 'PostRuntimeExtensionsDuration'].map((name) => [
    name,
    `it judges how long requests take (${name}); this table is about requests that fail, which it does not count`,
  ]),
  [
    'Throttles',
    'it counts calls that Lambda refuses (Throttles); this table is about requests that fail in one of the versions',
  ],
]);

function unrelated(template: Template, canary: Canary, metric: Metric): string {
  const id = functionNamed(template, metric.dimensions.FunctionName);
  const what = id === undefined ? 'something else' : keyOf(id);
  return `it watches ${metric.name} of ${what}, not the requests of ${canary.key}`;
}

/** @returns what a metric says of the requests that it counts */
function readAs({ sees, read }: Reader, { newFailed, newFine, oldFailed, oldFine, others }: Requests): Point {
  switch (sees) {
    case 'new version':
      return read(newFailed, newFine);
    case 'old version':
      return read(oldFailed, oldFine);
    case 'both versions':
      return read(newFailed + oldFailed, newFine + oldFine);
    case 'api':
      return read(newFailed + oldFailed, newFine + oldFine + others);
    case 'others':
      return read(0, others);
  }
}

/** One metric sees failed and fine requests, whatever their version: two Poisson numbers. */
function singleOdds(reader: Reader, means: Requests, isBreaching: (value: number) => boolean): PeriodOdds {
  const { newFailed, newFine, oldFailed, oldFine, others } = means;
  const seesNew = reader.sees !== 'old version';
  const seesOld = reader.sees !== 'new version';
  const failed = poisson((seesNew ? newFailed : 0) + (seesOld ? oldFailed : 0));
  const mean = (seesNew ? newFine : 0) + (seesOld ? oldFine : 0) + (reader.sees === 'api' ? others : 0);
  const fine = reader.ignoresFine
    ? anyOrNone(mean)
    : poisson(mean, Math.max(100, Math.floor(MOST_POINTS / failed.length)));
  const tally = new Tally(isBreaching);
  for (const bad of failed) {
    for (const good of fine) tally.add(reader.read(bad.value, good.value), bad.probability * good.probability);
  }
  return tally.odds;
}

function anyOrNone(mean: number): readonly PoissonValue[] {
  const none = Math.exp(-mean);
  return [
    { value: 0, probability: none },
    { value: 1, probability: 1 - none },
  ];
}

/** An expression over metrics of the new version alone: two Poisson numbers, too. */
function jointOdds(
  value: (requests: Requests) => Point,
  { newFailed, newFine }: Requests,
  isBreaching: (value: number) => boolean,
): PeriodOdds {
  const tally = new Tally(isBreaching);
  // Failures decide and are few; of requests that went well only the rough number matters.
  for (const failed of poisson(newFailed, 120)) {
    for (const fine of poisson(newFine, 200)) {
      const requests = { newFailed: failed.value, newFine: fine.value, oldFailed: 0, oldFine: 0, others: 0 };
      tally.add(value(requests), failed.probability * fine.probability);
    }
  }
  return tally.odds;
}

/** @returns the value of an expression, its ids resolved once and not for every period */
function expressionOf(
  id: string,
  readers: ReadonlyMap<string, Reader>,
  expressions: Readonly<Record<string, string>>,
): Compute<Requests> {
  const resolve = (wanted: string, within: readonly string[]): Compute<Requests> => {
    const reader = readers.get(wanted);
    if (reader) return (requests) => readAs(reader, requests);
    const source = expressions[wanted];
    if (source === undefined) throw new NotComputed(`nothing in it has the id '${wanted}'`);
    if (within.includes(wanted)) throw new NotComputed(`the expression '${wanted}' refers to itself`);
    return compileExpression(source, (inner) => resolve(inner, [...within, wanted]));
  };
  return resolve(id, []);
}

class Tally {
  #missing = 0;
  #fine = 0;
  #breaching = 0;

  constructor(private readonly isBreaching: (value: number) => boolean) {}

  add(value: Point, probability: number): void {
    if (value === undefined) this.#missing += probability;
    else if (this.isBreaching(value)) this.#breaching += probability;
    else this.#fine += probability;
  }

  get odds(): PeriodOdds {
    const all = this.#missing + this.#fine + this.#breaching;
    return { missing: this.#missing / all, fine: this.#fine / all, breaching: this.#breaching / all };
  }
}
