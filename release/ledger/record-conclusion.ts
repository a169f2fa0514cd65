import { type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ReleaseClients } from '../aws/clients';
import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { Ledger, type ReleaseRecord } from './ledger';
import { RELEASE_DIMENSION, RELEASE_METRICS, RELEASE_NAMESPACE } from './release-metrics';

interface Recorded {
  /** False when an outcome was recorded before; that one is kept, and no metrics were published. */
  readonly first: boolean;
  /**
   * Why the release metrics could not be published, which does not affect the release.
   *
   * @default - they were published
   */
  readonly warning?: string;
}

/**
 * Records the outcome of a release in the ledger, and publishes the release metrics unless an outcome was recorded
 * before.
 *
 * @param at When the outcome was determined, ISO 8601.
 * @throws Every error of DynamoDB.
 */
export async function recordConclusion(
  clients: Pick<ReleaseClients, 'dynamoDb' | 'cloudWatch'>,
  record: ReleaseRecord,
  outcome: ReleaseOutcome,
  at: string,
): Promise<Recorded> {
  const { stackName } = outcome;
  const ledger = new Ledger(clients.dynamoDb, stackName);
  if (!(await ledger.conclude(record, outcome, at))) return { first: false };
  try {
    const failedAt = isLive(outcome) ? await failedSince(ledger.backwards(), record) : undefined;
    const values = releaseMetrics(outcome, { at, committedAt: record.committedAt, failedAt });
    if (values.length > 0) await publish(clients, stackName, values, at);
    return { first: true };
  } catch (error) {
    const { name, message } = error as Error;
    return { first: true, warning: `the release metrics of ${stackName} were not published: ${name}: ${message}` };
  }
}

/** What a release's metrics depend on in addition to its outcome. Instants in ISO 8601. */
interface RecordContext {
  readonly at: string;
  /** @default - not known */
  readonly committedAt?: string | undefined;
  /** When the first of the releases failed that have not been followed by a successful one. @default - none has */
  readonly failedAt?: string | undefined;
}

interface ReleaseMetric {
  readonly name: string;
  readonly value: number;
  readonly unit: 'Count' | 'Seconds' | 'None';
}

/** @returns The metrics of a release; none for one that changed nothing or is still running. */
export function releaseMetrics(
  outcome: ReleaseOutcome,
  { at, committedAt, failedAt }: RecordContext,
): readonly ReleaseMetric[] {
  const { releases, rollbacks, failures, changeFailed, leadTime, timeToRestore } = RELEASE_METRICS;
  const counted = (name: string, failed: 0 | 1): ReleaseMetric[] => [
    { name, value: 1, unit: 'Count' },
    { name: changeFailed, value: failed, unit: 'None' },
  ];
  const lasted = (name: string, from: string | undefined): ReleaseMetric[] => {
    const seconds = (Date.parse(liveAt(outcome, at)) - Date.parse(from ?? '')) / 1000;
    return Number.isNaN(seconds) ? [] : [{ name, value: Math.max(0, seconds), unit: 'Seconds' }];
  };
  switch (outcome.type) {
    case 'released':
    case 'first-release':
      return [...counted(releases, 0), ...lasted(leadTime, committedAt), ...lasted(timeToRestore, failedAt)];
    case 'rolled-back':
      return counted(rollbacks, 1);
    case 'failed':
      return counted(failures, 1);
    case 'unchanged':
    case 'in-progress':
      return [];
  }
}

/**
 * @returns When the last function had all its traffic on the new version; for a release without shifts, when it ended.
 */
function liveAt(outcome: ReleaseOutcome, at: string): string {
  const reached = functionsOf(outcome).flatMap(({ weightReachedAt }) => weightReachedAt ?? []);
  return outcome.type === 'released' ? (reached.sort().at(-1) ?? at) : at;
}

/**
 * @param history A stack's releases, newest first, including those after the given one.
 * @returns When the first release failed since the last successful one before the given one; ISO 8601.
 */
export async function failedSince(
  history: AsyncIterable<ReleaseRecord> | Iterable<ReleaseRecord>,
  { began, build }: Pick<ReleaseRecord, 'began' | 'build'>,
): Promise<string | undefined> {
  let first: string | undefined;
  for await (const release of history) {
    if (release.began > began || release.build === build || !release.conclusion) continue;
    const { at, outcome } = release.conclusion;
    if (isLive(outcome)) break;
    if (outcome.type === 'rolled-back' || outcome.type === 'failed') first = at;
  }
  return first;
}

function isLive({ type }: ReleaseOutcome): boolean {
  return type === 'released' || type === 'first-release';
}

async function publish(
  { cloudWatch }: Pick<ReleaseClients, 'cloudWatch'>,
  stackName: string,
  metrics: readonly ReleaseMetric[],
  at: string,
): Promise<void> {
  const MetricData = metrics.map(
    ({ name, value, unit }): MetricDatum => ({
      MetricName: name,
      Dimensions: [{ Name: RELEASE_DIMENSION, Value: stackName }],
      Timestamp: new Date(at),
      Value: value,
      Unit: unit,
    }),
  );
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: RELEASE_NAMESPACE, MetricData }));
}
