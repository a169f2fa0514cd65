import { parseAlarm } from '../embedded-aws/cloudwatch/alarm-definition';
import type { MetricSink } from '../embedded-aws/cloudwatch/metric';
import { Unsupported } from '../embedded-aws/errors';
import { api, type ModelledService, type ResolvedAlarm } from './modelled-service';

/** What one call of the function adds to the metrics of Lambda. */
export interface InvocationObservation {
  readonly failed: boolean;
  /** of the handler, in virtual milliseconds */
  readonly duration: number;
}

/** Milliseconds in which values are gathered. Windows of alarms of 60 s and more begin and end with whole minutes. */
export const GATHERING = 60_000;

type Way = 'sum' | 'minimum' | 'maximum' | 'every-value';

/** One metric that an alarm watches. It is put into CloudWatch's store once a minute, in as few values as tell the same. */
class Meter {
  readonly #values: number[] = [];
  #gathered: number | undefined;

  constructor(
    readonly metric: { readonly namespace: string; readonly name: string; readonly dimensions: Record<string, string> },
    readonly unit: string,
    readonly way: Way,
  ) {}

  add(value: number): void {
    switch (this.way) {
      case 'every-value':
        this.#values.push(value);
        return;
      case 'sum':
        this.#gathered = (this.#gathered ?? 0) + value;
        return;
      case 'minimum':
        this.#gathered = Math.min(this.#gathered ?? value, value);
        return;
      case 'maximum':
        this.#gathered = Math.max(this.#gathered ?? value, value);
    }
  }

  flush(sink: MetricSink, at: number): void {
    // In order, so that the store counts equal values instead of keeping each.
    const values = this.#gathered === undefined ? this.#values.sort((a, b) => a - b) : [this.#gathered];
    const { namespace, name, dimensions } = this.metric;
    for (const value of values) sink.record({ namespace, name, dimensions, value, at, unit: this.unit });
    this.#gathered = undefined;
    this.#values.length = 0;
  }
}

const UNITS: Readonly<Record<string, string>> = { Duration: 'Milliseconds' };

const LAMBDA = ['Invocations', 'Errors', 'Duration', 'Throttles'] as const;

/** By API Gateway's kind of API: names of the metrics of requests, of client errors and of server errors. */
const API = {
  ApiId: { id: api.id, names: ['Count', '4xx', '5xx'] },
  ApiName: { id: api.name, names: ['Count', '4XXError', '5XXError'] },
} as const;

/** Metrics of one set of dimensions, by their place in {@link LAMBDA} or in the names of {@link API}. */
type Panel = readonly (readonly Meter[])[];

/**
 * The metrics that a configuration's alarms watch, and no others: what nobody reads changes nothing, and most of the time
 * of a release would be spent on it. Names, dimensions, units and values are those that the embedded Lambda and API Gateway
 * record (`invocation-metrics.ts`, `request-handler.ts`).
 */
export class Meters {
  readonly #meters = new Map<string, Meter>();
  readonly #statistics = new Map<string, Set<string>>();
  readonly #aliasPanels = new Map<string, Panel>();
  readonly #ofApi: Panel;

  /** @throws Unsupported for a metric or a period that is not modelled; AwsError for an alarm that CloudWatch refuses */
  constructor(
    alarms: readonly ResolvedAlarm[],
    private readonly service: ModelledService,
  ) {
    for (const { properties } of alarms) this.#watch(properties);
    for (const [key, statistics] of this.#statistics) {
      const [namespace = '', name = '', dimensions = ''] = key.split('\n');
      const metric = { namespace, name, dimensions: JSON.parse(dimensions) as Record<string, string> };
      this.#checkKnown(metric);
      this.#meters.set(key, new Meter(metric, UNITS[name] ?? 'Count', wayOf(statistics)));
    }
    const ofApi = [...this.#meters.values()].filter(({ metric }) => metric.namespace === 'AWS/ApiGateway');
    this.#ofApi = [0, 1, 2].map((place) =>
      ofApi.filter(({ metric }) => Object.values(API).some(({ names }) => names[place] === metric.name)),
    );
  }

  /** A call through the alias. @param version the one that ran */
  throughAlias(version: string, observed: InvocationObservation): void {
    observe(this.#ofAlias(version), observed);
  }

  /** A call of a function by its name, or of one of its versions. @param qualifier @default the call had none */
  direct(functionName: string, qualifier: string | undefined, observed: InvocationObservation): void {
    observe(this.#panel({ FunctionName: functionName }), observed);
    const resource = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
    observe(this.#panel({ FunctionName: functionName, Resource: resource }), observed);
  }

  /** A request that the API answered. */
  answered(status: number): void {
    const [counts, client, server] = this.#ofApi;
    for (const meter of counts!) meter.add(1);
    for (const meter of client!) meter.add(status >= 400 && status < 500 ? 1 : 0);
    for (const meter of server!) meter.add(status >= 500 ? 1 : 0);
  }

  /** Puts what was gathered into the store. @param at an instant of the minute in which it was observed */
  flush(sink: MetricSink, at: number): void {
    for (const meter of this.#meters.values()) meter.flush(sink, at);
  }

  #ofAlias(version: string): Panel {
    const known = this.#aliasPanels.get(version);
    if (known) return known;
    const { functionName, alias } = this.service;
    const ofFunction = { FunctionName: functionName };
    const ofAlias = { ...ofFunction, Resource: `${functionName}:${alias}` };
    const panels = [ofFunction, ofAlias, { ...ofAlias, ExecutedVersion: version }].map((set) => this.#panel(set));
    const panel = LAMBDA.map((_, place) => panels.flatMap((each) => each[place]!));
    this.#aliasPanels.set(version, panel);
    return panel;
  }

  #panel(dimensions: Readonly<Record<string, string>>): Panel {
    return LAMBDA.map((name) => {
      const meter = this.#meters.get(keyOf('AWS/Lambda', name, dimensions));
      return meter ? [meter] : [];
    });
  }

  #watch(properties: ResolvedAlarm['properties']): void {
    const { queries, period } = parseAlarm({ ...properties });
    if ((period * 1000) % GATHERING !== 0) throw new Unsupported(`an alarm with a period of ${period} s`);
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
    const isLambda = (LAMBDA as readonly string[]).includes(name) && this.#isFunction(dimensions, names);
    if (namespace === 'AWS/Lambda' && isLambda) return;
    throw new Unsupported(
      `an alarm on ${namespace} ${name} by ${JSON.stringify(dimensions)}`,
      `the model has ${LAMBDA.join(', ')} of AWS/Lambda, and Count, 4xx and 5xx of AWS/ApiGateway, of its own function and API`,
    );
  }

  #isFunction({ FunctionName, Resource }: Readonly<Record<string, string>>, names: string): boolean {
    const { functionName, alias, preTrafficHook, postTrafficHook } = this.service;
    if (names === 'FunctionName') return [functionName, preTrafficHook, postTrafficHook].includes(FunctionName ?? '');
    const ofAlias = FunctionName === functionName && Resource === `${functionName}:${alias}`;
    return ofAlias && ['FunctionName, Resource', 'ExecutedVersion, FunctionName, Resource'].includes(names);
  }
}

function observe(
  [invocations, errors, durations, throttles]: Panel,
  { failed, duration }: InvocationObservation,
): void {
  for (const meter of invocations!) meter.add(1);
  for (const meter of errors!) meter.add(failed ? 1 : 0);
  for (const meter of durations!) meter.add(duration);
  for (const meter of throttles!) meter.add(0);
}

function keyOf(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const sorted = Object.fromEntries(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [namespace, name, JSON.stringify(sorted)].join('\n');
}

/** What a statistic makes of one value that stands for a minute is what it makes of all, if nothing else is asked for. */
function wayOf(statistics: ReadonlySet<string>): Way {
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
