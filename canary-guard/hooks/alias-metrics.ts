import { type CloudWatchClient, type Dimension, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { Past } from './examination';
import type { VersionUnderTest } from './version-under-test';

/** Seconds. Lambda's metrics come by the minute. */
const PERIOD = 60;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Before a deployment is created its stack has changed roles and settings already: what failed since says nothing. */
const SETTLING = 2 * MINUTE;

/** So much of the time before an update says how the alias worked: an outage that is over has nothing to do with it... */
const RECENT = 5 * MINUTE;

/** ...and more, up to an hour, where so few requests came that they say nothing. */
const TELLING = 50;

/** @returns what the alias served before the update that brought the deployment, in the last minutes that tell */
export async function readPast(
  cloudWatch: CloudWatchClient,
  deployment: VersionUnderTest,
  abortSignal: AbortSignal,
): Promise<Past> {
  const to = wholeMinute(deployment.createdAt.getTime() - SETTLING);
  const window = { from: new Date(to - HOUR), to: new Date(to) };
  const dimensions = aliasOf(deployment);
  const [served, errors] = await minutes(cloudWatch, ['Invocations', 'Errors'], dimensions, window, abortSignal);
  let past: Past = { requests: 0, failed: 0 };
  for (let at = to - MINUTE; at >= to - HOUR; at -= MINUTE) {
    if (at < to - RECENT && past.requests >= TELLING) break;
    past = { requests: past.requests + (served?.get(at) ?? 0), failed: past.failed + (errors?.get(at) ?? 0) };
  }
  return past;
}

/** @returns requests that the new version answered through the alias, as far as CloudWatch has counted */
export async function readServed(
  cloudWatch: CloudWatchClient,
  deployment: VersionUnderTest,
  abortSignal: AbortSignal,
): Promise<number> {
  const from = new Date(wholeMinute(deployment.createdAt.getTime()));
  const to = new Date(wholeMinute(Date.now()) + MINUTE);
  const dimensions = [...aliasOf(deployment), { Name: 'ExecutedVersion', Value: deployment.version }];
  const [served = new Map()] = await minutes(cloudWatch, ['Invocations'], dimensions, { from, to }, abortSignal);
  return [...served.values()].reduce((sum, each) => sum + each, 0);
}

function aliasOf({ functionName, alias }: VersionUnderTest): readonly Dimension[] {
  return [
    { Name: 'FunctionName', Value: functionName },
    { Name: 'Resource', Value: `${functionName}:${alias}` },
  ];
}

/** @returns for each metric of AWS/Lambda what it comes to in each minute that has data, by its beginning */
async function minutes(
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

/** CloudWatch lays periods out from the beginning of what is asked for. */
function wholeMinute(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}
