import { type CloudWatchClient, type Dimension, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { Past } from './examination';
import type { VersionUnderTest } from './version-under-test';

/** Seconds. Lambda's metrics come by the minute. */
const PERIOD = 60;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Before a deployment is created its stack has changed roles and settings already: what failed since says nothing. */
const SETTLING = 2 * MINUTE;

/** @returns what the alias served in the hour before the update that brought the deployment */
export async function readPast(
  cloudWatch: CloudWatchClient,
  deployment: VersionUnderTest,
  abortSignal: AbortSignal,
): Promise<Past> {
  const to = wholeMinute(deployment.createdAt.getTime() - SETTLING);
  const window = { from: new Date(to - HOUR), to: new Date(to) };
  const dimensions = aliasOf(deployment);
  const [requests = 0, failed = 0] = await sums(cloudWatch, ['Invocations', 'Errors'], dimensions, window, abortSignal);
  return { requests, failed };
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
  const [served = 0] = await sums(cloudWatch, ['Invocations'], dimensions, { from, to }, abortSignal);
  return served;
}

function aliasOf({ functionName, alias }: VersionUnderTest): readonly Dimension[] {
  return [
    { Name: 'FunctionName', Value: functionName },
    { Name: 'Resource', Value: `${functionName}:${alias}` },
  ];
}

/** @returns for each metric of AWS/Lambda what it comes to in the window; 0 for one without data */
async function sums(
  client: CloudWatchClient,
  metrics: readonly string[],
  dimensions: readonly Dimension[],
  window: { readonly from: Date; readonly to: Date },
  abortSignal: AbortSignal,
): Promise<readonly number[]> {
  const MetricDataQueries = metrics.map((MetricName, index) => ({
    Id: `metric${index}`,
    MetricStat: {
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [...dimensions] },
      Period: PERIOD,
      Stat: 'Sum',
    },
  }));
  const request = { StartTime: window.from, EndTime: window.to, MetricDataQueries };
  const totals = metrics.map(() => 0);
  for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, request, { abortSignal })) {
    for (const { Id, Values = [] } of MetricDataResults) {
      const index = MetricDataQueries.findIndex((query) => query.Id === Id);
      totals[index] = Values.reduce((sum, value) => sum + value, totals[index] ?? 0);
    }
  }
  return totals;
}

/** CloudWatch lays periods out from the beginning of what is asked for. */
function wholeMinute(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}
