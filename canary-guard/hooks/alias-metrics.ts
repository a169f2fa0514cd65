import { type CloudWatchClient, type Dimension, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { VersionUnderTest } from './version-under-test';

/** Requests that an alias served in the minutes before an update. */
export interface AliasHistory {
  readonly requests: number;
  readonly failed: number;
}

/** Seconds. Lambda publishes its metrics by the minute. */
const PERIOD = 60;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Before a deployment is created its stack has already changed roles and settings: failures since then prove nothing. */
const SETTLING = 2 * MINUTE;

/** The last minutes before an update show how the alias worked; an outage that was over by then is irrelevant... */
const RECENT = 5 * MINUTE;

/** ...unless they had fewer requests than this: then earlier minutes count too, up to an hour. */
const ENOUGH_REQUESTS = 50;

/** @returns What the alias served before the update that started the deployment. */
export async function readHistory(
  cloudWatch: CloudWatchClient,
  deployment: VersionUnderTest,
  abortSignal: AbortSignal,
): Promise<AliasHistory> {
  const to = wholeMinute(deployment.createdAt.getTime() - SETTLING);
  const window = { from: new Date(to - HOUR), to: new Date(to) };
  const dimensions = aliasOf(deployment);
  const [served, errors] = await readMinutes(cloudWatch, ['Invocations', 'Errors'], dimensions, window, abortSignal);
  let history: AliasHistory = { requests: 0, failed: 0 };
  for (let at = to - MINUTE; at >= to - HOUR; at -= MINUTE) {
    if (at < to - RECENT && history.requests >= ENOUGH_REQUESTS) break;
    history = {
      requests: history.requests + (served?.get(at) ?? 0),
      failed: history.failed + (errors?.get(at) ?? 0),
    };
  }
  return history;
}

/** @returns Requests that the new version answered through the alias, as far as CloudWatch has counted them. */
export async function readServed(
  cloudWatch: CloudWatchClient,
  deployment: VersionUnderTest,
  abortSignal: AbortSignal,
): Promise<number> {
  const from = new Date(wholeMinute(deployment.createdAt.getTime()));
  const to = new Date(wholeMinute(Date.now()) + MINUTE);
  const dimensions = [...aliasOf(deployment), { Name: 'ExecutedVersion', Value: deployment.version }];
  const [served = new Map()] = await readMinutes(cloudWatch, ['Invocations'], dimensions, { from, to }, abortSignal);
  return [...served.values()].reduce((sum, each) => sum + each, 0);
}

function aliasOf({ functionName, alias }: VersionUnderTest): readonly Dimension[] {
  return [
    { Name: 'FunctionName', Value: functionName },
    { Name: 'Resource', Value: `${functionName}:${alias}` },
  ];
}

/** @returns For each metric of AWS/Lambda its sum in each minute that has data, by the start of the minute. */
async function readMinutes(
  client: CloudWatchClient,
  metrics: readonly string[],
  dimensions: readonly Dimension[],
  window: { readonly from: Date; readonly to: Date },
  abortSignal: AbortSignal,
): Promise<readonly ReadonlyMap<number, number>[]> {
  const MetricDataQueries = metrics.map((MetricName, index) => ({
    Id: `metric${index}`,
    MetricStat: {
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [...dimensions] },
      Period: PERIOD,
      Stat: 'Sum',
    },
  }));
  const request = { StartTime: window.from, EndTime: window.to, MetricDataQueries };
  const found = metrics.map(() => new Map<number, number>());
  for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, request, { abortSignal })) {
    for (const { Id, Timestamps = [], Values = [] } of MetricDataResults) {
      const metric = found[MetricDataQueries.findIndex((query) => query.Id === Id)];
      for (const [index, at] of Timestamps.entries()) metric?.set(at.getTime(), Values[index] ?? 0);
    }
  }
  return found;
}

/** CloudWatch aligns periods to the start of the requested window. */
function wholeMinute(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}
