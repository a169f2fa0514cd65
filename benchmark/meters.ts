import { parseAlarm } from '../embedded-aws/cloudwatch/alarm-definition';
import type { MetricSink } from '../embedded-aws/cloudwatch/metric';
import { Unsupported } from '../embedded-aws/errors';
import { INVOCATION_METRICS, invocationDimensions } from '../embedded-aws/lambda/invocation-metrics';
import { api, type ModelledService, type ResolvedAlarm } from './modelled-service';

/** What one invocation adds to Lambda's metrics. */
interface InvocationObservation {
  readonly failed: boolean;
  /** Virtual milliseconds of the handler. */
  readonly duration: number;
}

/** Milliseconds for which values are collected. Windows of alarms of 60 s and more begin and end with whole minutes. */
export const COLLECTED = 60_000;

type Aggregation = 'sum' | 'minimum' | 'maximum' | 'every-value';

/** One metric that an alarm watches. It goes to CloudWatch once a minute, in as few values as give the same statistics. */
class Meter {
  readonly #values: number[] = [];
  #aggregate: number | undefined;

  constructor(
    readonly metric: { readonly namespace: string; readonly name: string; readonly dimensions: Record<string, string> },
    readonly unit: string,
    readonly aggregation: Aggregation,
  ) {}

  add(value: number): void {
    switch (this.aggregation) {
      case 'every-value':
        this.#values.push(value);
        return;
      case 'sum':
        this.#aggregate = (this.#aggregate ?? 0) + value;
        return;
      case 'minimum':
        this.#aggregate = Math.min(this.#aggregate ?? value, value);
        return;
      case 'maximum':
        this.#aggregate = Math.max(this.#aggregate ?? value, value);
    }
  }

  flush(sink: MetricSink, at: number): void {
    // Sorted, so that the store counts equal values instead of keeping each.
    const values = this.#aggregate === undefined ? this.#values.sort((a, b) => a - b) : [this.#aggregate];
    const { namespace, name, dimensions } = this.metric;
    for (const value of values) sink.record({ namespace, name, dimensions, value, at, unit: this.unit });
    this.#aggregate = undefined;
    this.#values.length = 0;
  }
}

type InvocationMetric = keyof typeof INVOCATION_METRICS;

const LAMBDA = Object.keys(INVOCATION_METRICS) as readonly InvocationMetric[];

/** Names of the metrics of requests, client errors and server errors, by the dimension of each kind of API. */
const API = {
  ApiId: { id: api.id, names: ['Count', '4xx', '5xx'] },
  ApiName: { id: api.name, names: ['Count', '4XXError', '5XXError'] },
} as const;

/** Meters to which invocations add, by metric; empty where no alarm watches the metric. */
type LambdaMeters = Readonly<Record<InvocationMetric, readonly Meter[]>>;

/**
 * The metrics that a configuration's alarms watch, and no others: a metric without an alarm changes nothing, and recording
 * it would take most of the time of a release. `test/benchmark/meters.test.ts` compares them with what the embedded Lambda
 * records.
 */
export class Meters {
  readonly #meters = new Map<string, Meter>();
  readonly #statistics = new Map<string, Set<string>>();
  readonly #ofAlias = new Map<string, LambdaMeters>();
  readonly #ofApi: readonly (readonly Meter[])[];
  readonly #service: ModelledService;

  /** @throws Unsupported when a metric or a period is not modelled; AwsError when CloudWatch refuses an alarm. */
  constructor(alarms: readonly ResolvedAlarm[], service: ModelledService) {
    this.#service = service;
    for (const { properties } of alarms) this.#watch(properties);
    for (const [key, statistics] of this.#statistics) {
      const [namespace = '', name = '', dimensions = ''] = key.split('\n');
      const metric = { namespace, name, dimensions: JSON.parse(dimensions) as Record<string, string> };
      this.#checkKnown(metric);
      this.#meters.set(key, new Meter(metric, unitOf(name), aggregationFor(statistics)));
    }
    const ofApi = [...this.#meters.values()].filter(({ metric }) => metric.namespace === 'AWS/ApiGateway');
    this.#ofApi = [0, 1, 2].map((index) =>
      ofApi.filter(({ metric }) => Object.values(API).some(({ names }) => names[index] === metric.name)),
    );
  }

  /**
   * Counts an invocation through the alias.
   *
   * @param version Version that ran.
   */
  throughAlias(version: string, observed: InvocationObservation): void {
    let meters = this.#ofAlias.get(version);
    if (!meters) {
      const { functionName, alias } = this.#service;
      meters = this.#metersOf(invocationDimensions({ name: functionName, qualifier: alias }, version));
      this.#ofAlias.set(version, meters);
    }
    observe(meters, observed);
  }

  /**
   * Counts an invocation of a function by its name, or of one of its versions.
   *
   * @param qualifier Version, undefined when the invocation named none.
   */
  direct(functionName: string, qualifier: string | undefined, observed: InvocationObservation): void {
    const ref = { name: functionName, ...(qualifier !== undefined && { qualifier }) };
    observe(this.#metersOf(invocationDimensions(ref)), observed);
  }

  /** Counts a request that the API answered. */
  answered(status: number): void {
    const [counts, client, server] = this.#ofApi;
    for (const meter of counts!) meter.add(1);
    for (const meter of client!) meter.add(status >= 400 && status < 500 ? 1 : 0);
    for (const meter of server!) meter.add(status >= 500 ? 1 : 0);
  }

  /**
   * Sends what was collected to CloudWatch.
   *
   * @param at Instant of the minute in which it was observed, in milliseconds since the epoch.
   */
  flush(sink: MetricSink, at: number): void {
    for (const meter of this.#meters.values()) meter.flush(sink, at);
  }

  #metersOf(sets: readonly Readonly<Record<string, string>>[]): LambdaMeters {
    const meters = LAMBDA.map((name) => {
      const watched = sets.map((dimensions) => this.#meters.get(keyOf('AWS/Lambda', name, dimensions)));
      return [name, watched.filter((each) => each !== undefined)];
    });
    return Object.fromEntries(meters);
  }

  #watch(properties: ResolvedAlarm['properties']): void {
    const { queries, period } = parseAlarm({ ...properties });
    if ((period * 1000) % COLLECTED !== 0) throw new Unsupported(`an alarm with a period of ${period} s`);
    for (const query of queries) {
      if (query.type !== 'metric') continue;
      const { namespace, name, dimensions } = query.metric;
      const key = keyOf(namespace, name, dimensions);
      const statistics = this.#statistics.get(key) ?? new Set();
      this.#statistics.set(key, statistics.add(query.statistic.name));
    }
  }

  #checkKnown({ namespace, name, dimensions }: Meter['metric']): void {
    const names = Object.keys(dimensions).sort().join(', ');
    const isApi = (kind: keyof typeof API) =>
      names === kind && dimensions[kind] === API[kind].id && (API[kind].names as readonly string[]).includes(name);
    if (namespace === 'AWS/ApiGateway' && (isApi('ApiId') || isApi('ApiName'))) return;
    const isLambda = name in INVOCATION_METRICS && this.#isFunction(dimensions, names);
    if (namespace === 'AWS/Lambda' && isLambda) return;
    throw new Unsupported(
      `an alarm on ${namespace} ${name} by ${JSON.stringify(dimensions)}`,
      `the model has ${LAMBDA.join(', ')} of AWS/Lambda, and Count, 4xx and 5xx of AWS/ApiGateway, of its own function and API`,
    );
  }

  #isFunction({ FunctionName, Resource }: Readonly<Record<string, string>>, names: string): boolean {
    const { functionName, alias, preTrafficHook, postTrafficHook } = this.#service;
    if (names === 'FunctionName') return [functionName, preTrafficHook, postTrafficHook].includes(FunctionName ?? '');
    const ofAlias = FunctionName === functionName && Resource === `${functionName}:${alias}`;
    return ofAlias && ['FunctionName, Resource', 'ExecutedVersion, FunctionName, Resource'].includes(names);
  }
}

function observe({ Invocations, Errors, Duration, Throttles }: LambdaMeters, observed: InvocationObservation): void {
  for (const meter of Invocations) meter.add(1);
  for (const meter of Errors) meter.add(observed.failed ? 1 : 0);
  for (const meter of Duration) meter.add(observed.duration);
  for (const meter of Throttles) meter.add(0);
}

function unitOf(name: string): string {
  return name in INVOCATION_METRICS ? INVOCATION_METRICS[name as InvocationMetric] : 'Count';
}

function keyOf(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const sorted = Object.fromEntries(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [namespace, name, JSON.stringify(sorted)].join('\n');
}

/** @returns The aggregation that leaves the statistics as they are. Only one statistic alone needs a single value a minute. */
function aggregationFor(statistics: ReadonlySet<string>): Aggregation {
  const [only] = statistics.size === 1 ? statistics : [];
  switch (only) {
    case 'Sum':
      return 'sum';
    case 'Minimum':
      return 'minimum';
    case 'Maximum':
      return 'maximum';
    default:
      return 'every-value';
  }
}
