import { type MetricAlarm, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { ReleaseClients } from '../aws/clients';
import type { FunctionRelease, MetricPoint, VersionTraffic } from '../outcome/function-release';
import { chunks } from './reading';

/** Queries that GetMetricData accepts in one call (CloudWatch API reference). */
const QUERIES_PER_CALL = 500;

/** @returns The number of calls that `readTraffic` makes for some shifts, with four queries each. */
export function trafficCalls(shifts: number): number {
  return Math.ceil((shifts * 4) / QUERIES_PER_CALL);
}

/** A period of which metrics or logs are read. */
export interface MetricWindow {
  readonly from: Date;
  readonly to: Date;
}

/** @returns The datapoints of each query, oldest first, by the query's id. All queries must have the same period. */
async function readPoints(
  { cloudWatch }: ReleaseClients,
  queries: readonly MetricDataQuery[],
  { from, to }: MetricWindow,
): Promise<Map<string, MetricPoint[]>> {
  const points = new Map<string, MetricPoint[]>();
  for (const MetricDataQueries of chunks(queries, QUERIES_PER_CALL)) {
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

/** An alarm, and the instant up to which its datapoints are read. */
interface AlarmUntil {
  readonly alarm: MetricAlarm;
  readonly until: Date;
}

/**
 * @returns The last datapoints of each alarm's metric, oldest first. Empty for metric math, whose history contains
 * them.
 */
export async function readLastPoints(clients: ReleaseClients, alarms: readonly AlarmUntil[]): Promise<MetricPoint[][]> {
  const queries = alarms.flatMap((each, index) => {
    const { Namespace, MetricName, Dimensions, Period = 60, Unit } = each.alarm;
    const Stat = each.alarm.Statistic ?? each.alarm.ExtendedStatistic;
    if (!MetricName || !Stat) return [];
    const metric = { Namespace, MetricName, Dimensions };
    return [{ Id: `watched${index}`, index, Period, MetricStat: { Metric: metric, Period, Stat, Unit } }];
  });
  const found: MetricPoint[][] = alarms.map(() => []);
  // CloudWatch aligns periods to the beginning of the requested window, so each period length needs a call of its own.
  for (const period of new Set(queries.map(({ Period }) => Period))) {
    const own = queries.filter(({ Period }) => Period === period);
    const windows = own.map(({ index }) => shownWindow(alarms[index]!, period));
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

/** The period of a metric that shows why its alarm fired. */
function shownWindow({ alarm, until }: AlarmUntil, period: number): MetricWindow {
  const shown = Math.max(5, alarm.EvaluationPeriods ?? 1);
  const to = new Date(Math.ceil(until.getTime() / 60_000) * 60_000);
  return { from: new Date(to.getTime() - shown * period * 1000), to };
}

/** @returns The invocations of both versions of each release through their alias, in the order of the releases. */
export async function readTraffic(
  clients: ReleaseClients,
  releases: readonly FunctionRelease[],
  window: MetricWindow,
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
      const sum = (metric: VersionMetric) =>
        (points.get(idOf(index, name, metric)) ?? [])
          .filter(({ at }) => isDuring(release, at))
          .reduce((total, { value }) => total + value, 0);
      return { calls: sum('Invocations'), errors: sum('Errors') };
    };
    const traffic = { from: side('from'), to: side('to') };
    return traffic.from.calls + traffic.to.calls > 0 ? traffic : undefined;
  });
}

type VersionMetric = 'Invocations' | 'Errors';

function idOf(index: number, side: 'from' | 'to', metric: VersionMetric): string {
  return `${side}${metric}${index}`;
}

function versionMetric({ functionName, alias }: FunctionRelease, version: string, MetricName: VersionMetric) {
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

/** Whether a minute belongs to the deployment; the window that is read is that of the whole release. */
function isDuring({ began, ended }: FunctionRelease, minute: string): boolean {
  const at = Date.parse(minute);
  return (!began || at + 60_000 > Date.parse(began)) && (!ended || at <= Date.parse(ended));
}
