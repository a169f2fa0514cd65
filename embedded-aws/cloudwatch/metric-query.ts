import type { Expression } from '../../aws-rules/metric-math';
import { Unsupported } from '../errors';
import type { Input } from '../protocol/input';
import { boolean, invalid, list, number, refuseOthers, text } from './input';
import { evaluate, type QueryScope, readExpression, type Series, seriesOf } from './metric-math';
import type { MetricId, Observations } from './metric-store';
import { datapoint, parseStatistic, type Statistic } from './statistic';

/** A metric, or an expression over other queries. */
export type MetricQuery =
  | {
      readonly type: 'metric';
      readonly id: string;
      readonly label: string;
      readonly returned: boolean;
      readonly metric: MetricId;
      readonly statistic: Statistic;
      /** Period, in seconds. */
      readonly period: number;
      /**
       * Unit to restrict to.
       *
       * @default - Any unit.
       */
      readonly unit?: string;
    }
  | {
      readonly type: 'expression';
      readonly id: string;
      readonly label: string;
      readonly returned: boolean;
      readonly expression: Expression;
      /**
       * Period, in seconds.
       *
       * @default - The period of the metrics.
       */
      readonly period?: number;
    };

/** A period, in milliseconds since the epoch; `from` is included, `to` excluded. */
export interface QueryWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * @returns The queries of an alarm or of GetMetricData.
 * @throws AwsError ValidationError, Unsupported.
 */
export function parseQueries(given: readonly Input[]): readonly MetricQuery[] {
  const queries = given.map(parseQuery);
  const ids = new Set(queries.map((query) => query.id));
  if (ids.size < queries.length) throw invalid('two metric queries have the same Id');
  return queries;
}

/** @returns Dimension values by name, from CloudWatch's list of Name and Value. */
export function parseDimensions(given: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list(given, 'Dimensions').map(({ Name, Value }) => [
      text(Name, 'Dimensions.Name'),
      text(Value, 'Dimensions.Value'),
    ]),
  );
}

function parseQuery(given: Input): MetricQuery {
  refuseOthers(given, ['Id', 'Label', 'ReturnData', 'MetricStat', 'Expression', 'Period'], 'a MetricDataQuery');
  const id = text(given.Id, 'Id');
  if (!/^[a-z]\w*$/.test(id))
    throw invalid(`the Id '${id}' must start with a lower-case letter, then letters, digits or _`);
  const returned = given.ReturnData === undefined ? true : boolean(given.ReturnData, 'ReturnData');
  if (given.Expression !== undefined) {
    const expression = readExpression(text(given.Expression, 'Expression'));
    const period = given.Period === undefined ? undefined : number(given.Period, 'Period');
    return { type: 'expression', id, label: given.Label ?? id, returned, expression, period };
  }
  const stat: Input = given.MetricStat ?? {};
  refuseOthers(stat, ['Metric', 'Period', 'Stat', 'Unit'], 'a MetricStat');
  const metric = {
    namespace: text(stat.Metric?.Namespace, 'Namespace'),
    name: text(stat.Metric?.MetricName, 'MetricName'),
    dimensions: parseDimensions(stat.Metric?.Dimensions),
  };
  const statistic = parseStatistic(stat.Stat);
  const period = number(stat.Period, 'Period');
  return {
    type: 'metric',
    id,
    label: given.Label ?? metric.name,
    returned,
    metric,
    statistic,
    period,
    unit: stat.Unit,
  };
}

/**
 * @returns The period that all queries have in common, in seconds.
 * @throws AwsError ValidationError when there is none; Unsupported when there are several.
 */
export function commonPeriod(queries: readonly MetricQuery[]): number {
  const periods = new Set(queries.map((query) => query.period).filter((period) => period !== undefined));
  const [period] = periods;
  if (period === undefined) throw invalid('Period must not be null');
  if (periods.size > 1) throw new Unsupported(`metric queries of several periods (${[...periods].join(', ')} seconds)`);
  return period;
}

/** Source of observations. */
interface Observer {
  /**
   * @param from Milliseconds since the epoch, included.
   * @param to Milliseconds since the epoch, excluded.
   */
  observe(metric: MetricId, from: number, to: number, unit?: string): Observations | undefined;
}

/** Evaluates queries over periods. */
export class QueryRun {
  readonly #queries: readonly MetricQuery[];
  readonly #windows: readonly QueryWindow[];
  readonly #observer: Observer;
  readonly #results = new Map<string, Series | 'pending'>();

  constructor(queries: readonly MetricQuery[], windows: readonly QueryWindow[], observer: Observer) {
    this.#queries = queries;
    this.#windows = windows;
    this.#observer = observer;
  }

  /**
   * @returns One value for each window.
   * @throws AwsError ValidationError for an unknown id, a circular reference, or a result that is not a time series.
   * @throws Unsupported for a result of several time series.
   */
  series(id: string): Series {
    const known = this.#results.get(id);
    if (known === 'pending') throw invalid(`the expression '${id}' refers to itself`);
    if (known) return known;
    const query = this.#queries.find((candidate) => candidate.id === id);
    if (!query) throw invalid(`no metric query has the Id '${id}'`);
    this.#results.set(id, 'pending');
    const series = query.type === 'metric' ? this.#metric(query) : this.#expression(query.expression);
    this.#results.set(id, series);
    return series;
  }

  /** @returns Observations of a metric in each window. */
  observations(query: Extract<MetricQuery, { type: 'metric' }>): readonly (Observations | undefined)[] {
    return this.#windows.map(({ from, to }) => this.#observer.observe(query.metric, from, to, query.unit));
  }

  #metric(query: Extract<MetricQuery, { type: 'metric' }>): Series {
    return this.observations(query).map((observed) => observed && datapoint(query.statistic, observed));
  }

  #expression(expression: Expression): Series {
    const metrics = this.#queries.filter((query) => query.type === 'metric');
    const scope: QueryScope = {
      period: metrics[0]?.period ?? 60,
      length: this.#windows.length,
      series: (id) => this.series(id),
      metrics: (containing) => metrics.filter(({ id }) => id.includes(containing)).map(({ id }) => this.series(id)),
    };
    const value = evaluate(expression, scope);
    if (value.type === 'scalar') throw invalid('the result of a metric math expression must be a time series');
    const [series, ...more] = seriesOf(value, scope);
    if (!series || more.length > 0) throw new Unsupported('a metric math expression that returns several time series');
    return series;
  }
}
