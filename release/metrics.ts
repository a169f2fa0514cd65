import { type MetricAlarm, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { ReleaseClients } from './clients';
import type { FunctionRelease, Point, VersionTraffic } from './function-release';
import { parcels } from './reading';

/** The most queries that GetMetricData takes (CloudWatch API reference). */
const QUERIES = 500;

/** A stretch of time. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** @returns each query's points, oldest first, by its id; queries of one period only */
async function readPoints(
  { cloudWatch }: ReleaseClients,
  queries: readonly MetricDataQuery[],
  { from, to }: Window,
): Promise<Map<string, Point[]>> {
  const points = new Map<string, Point[]>();
  for (const MetricDataQueries of parcels(queries, QUERIES)) {
    const pages = paginateGetMetricData(
      { client: cloudWatch },
      { StartTime: from, EndTime: to, ScanBy: 'TimestampAscending', MetricDataQueries },
    );
    for await (const { MetricDataResults = [] } of pages) {
      for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults) {
        const more = Timestamps.map((at, index) => ({ at: at.toISOString(), value: Values[index] ?? 0 }));
        points.set(Id, [...(points.get(Id) ?? []), ...more]);
      }
    }
  }
  return points;
}

/** @returns the last points of what an alarm watches, oldest first; none for metric math, whose history has them */
export async function readLastPoints(clients: ReleaseClients, alarm: MetricAlarm, until: Date): Promise<Point[]> {
  const { Namespace, MetricName, Dimensions, Period = 60, Unit } = alarm;
  const Stat = alarm.Statistic ?? alarm.ExtendedStatistic;
  if (!MetricName || !Stat) return [];
  const shown = Math.max(5, alarm.EvaluationPeriods ?? 1);
  const to = new Date(Math.ceil(until.getTime() / 60_000) * 60_000);
  const from = new Date(to.getTime() - shown * Period * 1000);
  const query = { Id: 'watched', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat, Unit } };
  return (await readPoints(clients, [query], { from, to })).get(query.Id) ?? [];
}

/** @returns what the versions of each release answered behind their alias, in the order of the releases */
export async function readTraffic(
  clients: ReleaseClients,
  releases: readonly FunctionRelease[],
  window: Window,
): Promise<(FunctionRelease['traffic'] | undefined)[]> {
  const queries = releases.flatMap((release, index) =>
    (['from', 'to'] as const).flatMap((side) =>
      (['Invocations', 'Errors'] as const).map((metric) => ({
        Id: idOf(index, side, metric),
        MetricStat: { Metric: versionMetric(release, release[side], metric), Period: 60, Stat: 'Sum' },
      })),
    ),
  );
  const points = await readPoints(clients, queries, window);
  return releases.map((release, index) => {
    const side = (name: 'from' | 'to'): VersionTraffic => {
      const sum = (metric: Metric) =>
        (points.get(idOf(index, name, metric)) ?? [])
          .filter(({ at }) => within(release, at))
          .reduce((total, { value }) => total + value, 0);
      return { calls: sum('Invocations'), errors: sum('Errors') };
    };
    const traffic = { from: side('from'), to: side('to') };
    return traffic.from.calls + traffic.to.calls > 0 ? traffic : undefined;
  });
}

type Metric = 'Invocations' | 'Errors';

function idOf(index: number, side: 'from' | 'to', metric: Metric): string {
  return `${side}${metric}${index}`;
}

function versionMetric({ functionName, alias }: FunctionRelease, version: string, MetricName: Metric) {
  return {
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: [
      { Name: 'FunctionName', Value: functionName },
      { Name: 'Resource', Value: `${functionName}:${alias}` },
      { Name: 'ExecutedVersion', Value: version },
    ],
  };
}

/** Whether a minute is one of the deployment's; the window read is that of the whole release. */
function within({ began, ended }: FunctionRelease, minute: string): boolean {
  const at = Date.parse(minute);
  return (!began || at + 60_000 > Date.parse(began)) && (!ended || at <= Date.parse(ended));
}
