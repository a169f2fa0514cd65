import { breaches, COMPARISON_OPERATORS, evaluationRange } from '../../aws-rules/alarm-evaluation';
import { NotComputed, type Point } from '../../aws-rules/metric-math';
import { type Metric, metricsOf, type WatchedAlarm } from '../alarm';
import { type Canary, functionNamed, keyOf } from '../subject';
import type { Template } from '../template/template';
import { FAILURES, REQUESTS, viewOf } from '../view';
import { type Compute, compileExpression } from './expression';
import { type PoissonValue, poisson } from './poisson';
import type { FailureKind, Requests } from './scenario';

/** Probabilities of the datapoint of a period; they add up to 1. */
export interface PeriodOdds {
  readonly missing: number;
  readonly fine: number;
  readonly breaching: number;
}

/** An alarm as a function of the requests of a period. */
export interface Sensor {
  /** @returns The value that is compared with the threshold; undefined where the period has no datapoint. */
  value(requests: Requests): Point;
  isBreaching(value: number): boolean;
  /** Whether it distinguishes requests that fail from others. */
  readonly seesFailures: boolean;
  /**
   * Odds of a period's datapoint. Arrivals are Poisson, so each kind of request is Poisson too, independent of the
   * others.
   *
   * @param means Mean numbers of requests in the period.
   * @default - too many numbers to sum over, or windows that overlap, so that odds do not help: draw releases instead
   */
  readonly odds?: (means: Requests) => PeriodOdds;
}

export type SummedSensor = Required<Sensor>;

export function isSummed(sensor: Sensor): sensor is SummedSensor {
  return sensor.odds !== undefined;
}

/** Maximum number of values of the joint distribution to sum over, so that a table takes a second, not a minute. */
const MOST_POINTS = 20_000;

/** Maximum number of periods for a sum. Each period has one of three kinds of datapoint: 3 ** 10 histories. */
const LONGEST_RANGE = 10;

/** Seconds that an alarm may look back, so that a release is drawn quickly. */
const LONGEST_PAST = 10 * 3600;

/**
 * @param failure How requests fail.
 * @throws NotComputed with what about the alarm cannot be computed.
 */
export function sensorOf(
  template: Template,
  canary: Canary,
  alarm: WatchedAlarm,
  failure: FailureKind = 'throws',
): Sensor {
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
    // Errors of other functions matter only where they are subtracted from an API's 5xx.
    const isOfApi = [...readers.values()].some((reader) => reader.sees === 'api');
    if (sees === 'others' && !isOfApi) throw new NotComputed(unrelated(template, canary, watched.metrics[id]!));
  }
  const value = expressionOf(watched.id, readers, watched.expressions);
  const seen = [...readers.values()].map(({ sees }) => sees);
  const seesFailures = [...readers.values()].some((reader) => reader.seesFailures);
  // Sums over the requests of both versions would have to join so many neighbours that drawing is more exact.
  if (!isBriefEnough || seen.some((sees) => sees !== 'new version')) return { value, isBreaching, seesFailures };
  return { value, isBreaching, seesFailures, odds: (means) => jointOdds(value, means, isBreaching) };
}

/** A metric as a function of the requests that it counts. */
interface Reader {
  readonly sees: 'new version' | 'old version' | 'both versions' | 'api' | 'others';
  /** Whether it distinguishes requests that fail from others. */
  readonly seesFailures: boolean;
  /** Whether it matters only that some requests succeeded, not how many. */
  readonly ignoresFine: boolean;
  /** @returns The datapoint; undefined without requests. */
  read(failed: number, fine: number): Point;
}

function readerOf(template: Template, canary: Canary, metric: Metric, failure: FailureKind): Reader {
  const view = viewOf(template, canary, metric);
  const name = `${metric.namespace} ${metric.name}`;
  if (view.type === 'nothing') throw new NotComputed(`its dimensions never have data: ${view.why}`);
  const counts = FAILURES.includes(metric.name);
  if (view.type === 'other' && !(counts && metric.namespace === 'AWS/Lambda')) {
    throw new NotComputed(unrelated(template, canary, metric));
  }
  const reason = NO_FAILURES[metric.name];
  if (reason !== undefined) throw new NotComputed(reason);
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

/** Metrics that do not count failed requests, and why there is no figure for them. */
const NO_FAILURES: Readonly<Record<string, string>> = Object.fromEntries([
  ...['Duration', 'Latency', 'IntegrationLatency', 'PostRuntimeExtensionsDuration'].map((name) => [
    name,
    `it judges how long requests take (${name}); this table is about requests that fail, which it does not count`,
  ]),
  [
    'Throttles',
    'it counts invocations that Lambda rejects (Throttles); this table is about requests that fail in one of the versions',
  ],
]);

function unrelated(template: Template, canary: Canary, metric: Metric): string {
  const id = functionNamed(template, metric.dimensions.FunctionName);
  const what = id === undefined ? 'something else' : keyOf(id);
  return `it watches ${metric.name} of ${what}, not the requests of ${canary.key}`;
}

/** @returns The datapoint of a metric in a period with these requests. */
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

/** @returns The odds of one metric: failed and other requests of the versions that it sees are two Poisson numbers. */
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

/** @returns The distribution of whether there is any request at all. */
function anyOrNone(mean: number): readonly PoissonValue[] {
  const none = Math.exp(-mean);
  return [
    { value: 0, probability: none },
    { value: 1, probability: 1 - none },
  ];
}

/** @returns The odds of an expression over metrics of the new version alone, which are two Poisson numbers too. */
function jointOdds(
  value: (requests: Requests) => Point,
  { newFailed, newFine }: Requests,
  isBreaching: (value: number) => boolean,
): PeriodOdds {
  const tally = new Tally(isBreaching);
  // Failures decide and are few; of the other requests only the rough number matters.
  for (const failed of poisson(newFailed, 120)) {
    for (const fine of poisson(newFine, 200)) {
      const requests = { newFailed: failed.value, newFine: fine.value, oldFailed: 0, oldFine: 0, others: 0 };
      tally.add(value(requests), failed.probability * fine.probability);
    }
  }
  return tally.odds;
}

/** @returns The expression as a function of one period. Ids are resolved once, not in every period. */
function expressionOf(
  returned: string,
  readers: ReadonlyMap<string, Reader>,
  expressions: Readonly<Record<string, string>>,
): Compute<Requests> {
  const resolve = (id: string, within: readonly string[]): Compute<Requests> => {
    const reader = readers.get(id);
    if (reader) return (requests) => readAs(reader, requests);
    const source = expressions[id];
    if (source === undefined)
      throw new NotComputed(`its expressions refer to '${id}', which is not the id of any query`);
    if (within.includes(id)) throw new NotComputed(`its expression '${id}' refers to itself`);
    return compileExpression(source, (inner) => resolve(inner, [...within, id]));
  };
  return resolve(returned, []);
}

/** Adds up the probabilities of the three kinds of datapoint. */
class Tally {
  readonly #isBreaching: (value: number) => boolean;
  #missing = 0;
  #fine = 0;
  #breaching = 0;

  constructor(isBreaching: (value: number) => boolean) {
    this.#isBreaching = isBreaching;
  }

  add(value: Point, probability: number): void {
    if (value === undefined) this.#missing += probability;
    else if (this.#isBreaching(value)) this.#breaching += probability;
    else this.#fine += probability;
  }

  get odds(): PeriodOdds {
    const all = this.#missing + this.#fine + this.#breaching;
    return { missing: this.#missing / all, fine: this.#fine / all, breaching: this.#breaching / all };
  }
}
