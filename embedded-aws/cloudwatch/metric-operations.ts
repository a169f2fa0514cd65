import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Operations } from '../protocol/api';
import type { Input } from '../protocol/input';
import { instant, invalid, list, number, refuseOthers, text } from './input';
import { commonPeriod, parseDimensions, parseQueries, QueryRun, type QueryWindow } from './metric-query';
import type { MetricId, MetricStore, Observations } from './metric-store';
import { page } from './paging';
import { datapoint, parseStatistic } from './statistic';

/** Operations on metrics. */
export function metricOperations(store: MetricStore, clock: VirtualClock): Operations {
  return {
    PutMetricData: {
      accepts: ['Namespace', 'MetricData'],
      run: (input) => {
        const namespace = text(input.Namespace, 'Namespace');
        if (namespace.startsWith('AWS/')) {
          throw new AwsError('InvalidParameterValueException', 'The value AWS/ for parameter Namespace is invalid.');
        }
        const data = list(input.MetricData, 'MetricData').map((datum) => readDatum(namespace, datum, clock.now()));
        for (const { id, observed, at, unit } of data) store.put(id, observed, at, unit);
      },
    },
    GetMetricStatistics: {
      accepts: [
        'Namespace',
        'MetricName',
        'Dimensions',
        'StartTime',
        'EndTime',
        'Period',
        'Statistics',
        'ExtendedStatistics',
        'Unit',
      ],
      run: (input) => getStatistics(store, input),
    },
    GetMetricData: {
      accepts: ['MetricDataQueries', 'StartTime', 'EndTime', 'ScanBy'],
      run: (input) => getMetricData(store, input),
    },
    ListMetrics: {
      accepts: ['Namespace', 'MetricName', 'Dimensions', 'NextToken'],
      run: (input) => listMetrics(store, input),
    },
  };
}

interface Datum {
  readonly id: MetricId;
  readonly observed: Observations;
  readonly at: number;
  readonly unit: string | undefined;
}

function readDatum(namespace: string, datum: Input, now: number): Datum {
  const known = ['MetricName', 'Dimensions', 'Timestamp', 'Value', 'Values', 'Counts', 'StatisticValues', 'Unit'];
  refuseOthers(datum, [...known, 'StorageResolution'], 'a MetricDatum');
  const name = text(datum.MetricName, 'MetricName');
  const at = datum.Timestamp === undefined ? now : instant(datum.Timestamp, 'Timestamp');
  return {
    id: { namespace, name, dimensions: parseDimensions(datum.Dimensions) },
    observed: datum.StatisticValues ? readStatisticSet(datum.StatisticValues) : readValues(datum),
    at,
    unit: datum.Unit,
  };
}

function readValues(datum: Input): Observations {
  const given = datum.Values === undefined ? [datum.Value] : list<unknown>(datum.Values, 'Values');
  const counts = list<unknown>(datum.Counts, 'Counts');
  if (counts.length > 0 && counts.length !== given.length) throw invalid('Values and Counts differ in length');
  const values = given.map((value, index) => ({
    value: number(value, 'Value'),
    count: counts.length > 0 ? number(counts[index], 'Counts') : 1,
  }));
  return {
    count: values.reduce((sum, { count }) => sum + count, 0),
    sum: values.reduce((sum, { value, count }) => sum + value * count, 0),
    min: Math.min(...values.map(({ value }) => value)),
    max: Math.max(...values.map(({ value }) => value)),
    values,
  };
}

function readStatisticSet(given: Input): Observations {
  const count = number(given.SampleCount, 'SampleCount');
  const sum = number(given.Sum, 'Sum');
  const min = number(given.Minimum, 'Minimum');
  const max = number(given.Maximum, 'Maximum');
  return { count, sum, min, max, values: min === max ? [{ value: min, count }] : [] };
}

function getStatistics(store: MetricStore, input: Input): object {
  const id = {
    namespace: text(input.Namespace, 'Namespace'),
    name: text(input.MetricName, 'MetricName'),
    dimensions: parseDimensions(input.Dimensions),
  };
  const simple = list<string>(input.Statistics, 'Statistics');
  const extended = list<string>(input.ExtendedStatistics, 'ExtendedStatistics');
  if (simple.length + extended.length === 0) {
    throw new AwsError(
      'InvalidParameterCombinationException',
      'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
    );
  }
  const unit = input.Unit ?? store.unit(id) ?? 'None';
  const windows = alignedWindows(input, number(input.Period, 'Period'));
  const datapoints = windows.flatMap(({ from, to }) => {
    const observed = store.observe(id, from, to, input.Unit);
    if (!observed) return [];
    const value = (name: string) => [name, datapoint(parseStatistic(name), observed)] as const;
    return {
      Timestamp: new Date(from),
      ...Object.fromEntries(simple.map(value)),
      ExtendedStatistics: extended.length > 0 ? Object.fromEntries(extended.map(value)) : undefined,
      Unit: unit,
    };
  });
  return { Label: id.name, Datapoints: datapoints };
}

function getMetricData(store: MetricStore, input: Input): object {
  const queries = parseQueries(list(input.MetricDataQueries, 'MetricDataQueries'));
  const windows = alignedWindows(input, commonPeriod(queries));
  const run = new QueryRun(queries, windows, store);
  const results = queries
    .filter((query) => query.returned)
    .map(({ id, label }) => {
      const series = run.series(id);
      const points = windows.flatMap(({ from }, index) => {
        const value = series[index];
        return value === undefined ? [] : { at: new Date(from), value };
      });
      if (input.ScanBy !== 'TimestampAscending') points.reverse();
      return {
        Id: id,
        Label: label,
        Timestamps: points.map((point) => point.at),
        Values: points.map((point) => point.value),
        StatusCode: 'Complete',
      };
    });
  return { MetricDataResults: results, Messages: [] };
}

/** @returns Periods from StartTime to EndTime, aligned to multiples of the period. */
function alignedWindows(input: Input, period: number): readonly QueryWindow[] {
  const length = period * 1000;
  const start = Math.floor(instant(input.StartTime, 'StartTime') / length) * length;
  const end = instant(input.EndTime, 'EndTime');
  if (end <= start) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  const size = Math.ceil((end - start) / length);
  if (size > 100_800) throw invalid(`you have requested up to ${size} datapoints, which exceeds the limit of 100,800`);
  return Array.from({ length: size }, (_, index) => {
    const from = start + index * length;
    return { from, to: from + length };
  });
}

function listMetrics(store: MetricStore, input: Input): object {
  const filters = list(input.Dimensions, 'Dimensions');
  const found = store
    .list()
    .filter(
      ({ namespace, name, dimensions }) =>
        [undefined, namespace].includes(input.Namespace) &&
        [undefined, name].includes(input.MetricName) &&
        filters.every(({ Name, Value }) => Name in dimensions && [undefined, dimensions[Name]].includes(Value)),
    );
  const { items, nextToken } = page(found, input, 500);
  return {
    Metrics: items.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    NextToken: nextToken,
  };
}
