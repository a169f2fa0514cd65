import { type MetricAlarm, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { ReleaseClients } from '../aws/clients';
import type { FunctionRelease, Point, VersionTraffic } from '../outcome/function-release';
import { parcels } from './reading';

/** The most queries that GetMetricData takes (CloudWatch API reference). */
const QUERIES = 500;

/** @returns the calls that `readTraffic` makes for so many shifts: four queries each */
export function trafficCalls(shifts: number): number {
  return Math.ceil((shifts * 4) / QUERIES);
}

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

/** An alarm, and the instant that its last points are wanted of. */
export interface Watched {
  readonly alarm: MetricAlarm;
  readonly until: Date;
}

/** @returns the last points of what each alarm watches, oldest first; none for metric math, whose history has them */
export async function readLastPoints(clients: ReleaseClients, watched: readonly Watched[]): Promise<Point[][]> {
  const queries = watched.flatMap((each, index) => {
    const { Namespace, MetricName, Dimensions, Period = 60, Unit } = each.alarm;
    const Stat = each.alarm.Statistic ?? each.alarm.ExtendedStatistic;
    if (!MetricName || !Stat) return [];
    const metric = { Namespace, MetricName, Dimensions };
    return [{ Id: `watched${index}`, index, Period, MetricStat: { Metric: metric, Period, Stat, Unit } }];
  });
  const found: Point[][] = watched.map(() => []);
  // CloudWatch lays periods out from the beginning of what is asked for, so each length of period has a call of its own.
  for (const period of new Set(queries.map(({ Period }) => Period))) {
    const own = queries.filter(({ Period }) => Period === period);
    const windows = own.map(({ index }) => shownOf(watched[index]!, period));
    const whole = {
      from: new Date(Math.min(...windows.map(({ from }) => from.getTime()))),
      to: new Date(Math.max(...windows.map(({ to }) => to.getTime()))),
    };
    const points = await readPoints(
      clients,
      own.map(({ Id, MetricStat }) => ({ Id, MetricStat })),
      whole,
    );
    for (const [place, { Id, index }] of own.entries()) {
      const { from, to } = windows[place]!;
      found[index] = (points.get(Id) ?? []).filter(({ at }) => at >= from.toISOString() && at < to.toISOString());
    }
  }
  return found;
}

/** The stretch of a metric that shows why its alarm went off. */
function shownOf({ alarm, until }: Watched, period: number): Window {
  const shown = Math.max(5, alarm.EvaluationPeriods ?? 1);
  const to = new Date(Math.ceil(until.getTime() / 60_000) * 60_000);
  return { from: new Date(to.getTime() - shown * period * 1000), to };
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
