import { numeric, text } from './template/intrinsics';
import { at, listOf, type Resource } from './template/template';

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** Values by name, unresolved. */
  readonly dimensions: Readonly<Record<string, unknown>>;
  /** E.g. `Sum`, `p90`. */
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
}

/** What an alarm compares with its threshold. */
type WatchedMetric =
  | { readonly type: 'metric'; readonly metric: Metric }
  | {
      readonly type: 'expression';
      /** Id of the query whose value is compared. */
      readonly id: string;
      readonly expressions: Readonly<Record<string, string>>;
      readonly metrics: Readonly<Record<string, Metric>>;
    }
  /** Something that cannot be read from the template, e.g. anomaly detection. */
  | { readonly type: 'unknown'; readonly why: string };

/** An alarm of the template. */
export interface WatchedAlarm {
  /** Logical id. */
  readonly id: string;
  /** Name, with values that CloudFormation fills in as `${…}`; the logical id when CloudFormation generates the name. */
  readonly name: string;
  readonly path: string;
  readonly resource: Resource;
  readonly watched: WatchedMetric;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number | undefined;
  readonly comparison: string;
  readonly treatMissingData: string;
}

export function readAlarm(id: string, resource: Resource): WatchedAlarm {
  const given = resource.Properties;
  const watched = readWatched(given);
  const metrics = metricsOf(watched);
  const evaluationPeriods = numeric(given.EvaluationPeriods) ?? 1;
  return {
    id,
    name: given.AlarmName === undefined ? id : text(given.AlarmName),
    path: `Resources.${id}.Properties`,
    resource,
    watched,
    period: metrics[0]?.period ?? numeric(given.Period) ?? 60,
    evaluationPeriods,
    datapointsToAlarm: numeric(given.DatapointsToAlarm) ?? evaluationPeriods,
    threshold: numeric(given.Threshold),
    comparison: text(given.ComparisonOperator),
    treatMissingData: given.TreatMissingData === undefined ? 'missing' : text(given.TreatMissingData),
  };
}

export function metricsOf(watched: WatchedMetric): readonly Metric[] {
  if (watched.type === 'metric') return [watched.metric];
  return watched.type === 'expression' ? Object.values(watched.metrics) : [];
}

function readWatched(given: Resource['Properties']): WatchedMetric {
  if (given.ThresholdMetricId !== undefined) return { type: 'unknown', why: 'it is an anomaly detection alarm' };
  const queries = listOf(given.Metrics);
  if (queries.length === 0) {
    const { Namespace, MetricName, Statistic, ExtendedStatistic, Period, Dimensions } = given;
    return {
      type: 'metric',
      metric: readMetric(Namespace, MetricName, Dimensions, Statistic ?? ExtendedStatistic, Period),
    };
  }
  const metrics: Record<string, Metric> = {};
  const expressions: Record<string, string> = {};
  for (const query of queries) {
    const id = text(at(query, 'Id'));
    const stat = at(query, 'MetricStat');
    if (stat === undefined) expressions[id] = text(at(query, 'Expression'));
    else {
      const metric = at(stat, 'Metric');
      metrics[id] = readMetric(
        at(metric, 'Namespace'),
        at(metric, 'MetricName'),
        at(metric, 'Dimensions'),
        at(stat, 'Stat'),
        at(stat, 'Period'),
      );
    }
  }
  const returned = queries.filter((query) => String(at(query, 'ReturnData') ?? true) !== 'false');
  if (returned.length !== 1) return { type: 'unknown', why: `${returned.length} of its metrics return data, not one` };
  const id = text(at(returned[0], 'Id'));
  const metric = metrics[id];
  return metric ? { type: 'metric', metric } : { type: 'expression', id, expressions, metrics };
}

function readMetric(
  namespace: unknown,
  name: unknown,
  dimensions: unknown,
  statistic: unknown,
  period: unknown,
): Metric {
  return {
    namespace: text(namespace),
    name: text(name),
    dimensions: Object.fromEntries(listOf(dimensions).map((each) => [text(at(each, 'Name')), at(each, 'Value')])),
    statistic: text(statistic),
    period: numeric(period) ?? 60,
  };
}
