import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { Ledger, type ReleaseRecord } from '../../../release/ledger/ledger';
import { failedSince, recordConclusion, releaseMetrics } from '../../../release/ledger/record-conclusion';
import { RELEASE_DIMENSION, RELEASE_METRICS, RELEASE_NAMESPACE } from '../../../release/ledger/release-metrics';
import type { Failed, FirstRelease, ReleaseOutcome, Unchanged } from '../../../release/outcome/outcome';
import { refusing } from '../guarded-shop';
import { inProgress, promoted, released, rolledBack } from '../releases';
import { SmallAccount } from '../small-account';
import { makeLedger } from './ledger-stack';

const at = '2030-01-01T09:10:00.000Z';
const stack = { stackName: 'shop-prod', stackStatus: 'UPDATE_COMPLETE' };
const failed: Failed = { ...stack, type: 'failed', phase: 'cloudformation', reason: 'why', remedy: 'what' };
const first: FirstRelease = { ...stack, type: 'first-release', aliases: [] };
const unchanged: Unchanged = { ...stack, type: 'unchanged', stackUpdated: true };

/** @returns The value of each metric, by name. */
const values = (outcome: ReleaseOutcome, more: { committedAt?: string; failedAt?: string } = {}) =>
  Object.fromEntries(releaseMetrics(outcome, { at, ...more }).map(({ name, value }) => [name, value]));

test.each<[string, ReleaseOutcome, object]>([
  ['a release', released, { Releases: 1, ChangeFailed: 0 }],
  ['a first release', first, { Releases: 1, ChangeFailed: 0 }],
  ['a rollback', rolledBack, { Rollbacks: 1, ChangeFailed: 1 }],
  ['a failure', failed, { Failures: 1, ChangeFailed: 1 }],
  ['a release that changed nothing', unchanged, {}],
  ['a release that is still running', inProgress, {}],
])('the metrics of %s', (_, outcome, expected) => {
  expect(values(outcome)).toEqual(expected);
});

test('the lead time ends when the last function has all its traffic', () => {
  const committedAt = '2030-01-01T10:00:00+01:00';
  const functions = ['2030-01-01T09:07:30.000Z', '2030-01-01T09:06:00.000Z'].map((weightReachedAt) => ({
    ...promoted,
    weightReachedAt,
  }));
  expect(values({ ...released, functions }, { committedAt })).toMatchObject({ LeadTime: 450 });
  expect(values(released, { committedAt })).toMatchObject({ LeadTime: 600 });
  expect(values(first, { committedAt })).toMatchObject({ LeadTime: 600 });
  expect(values(rolledBack, { committedAt })).not.toHaveProperty('LeadTime');
  expect(values(released, { committedAt: 'yesterday' })).not.toHaveProperty('LeadTime');
});

test('the time to restore goes from the first failure to the next successful release, and no other outcome has one', () => {
  const failedAt = '2030-01-01T08:00:00.000Z';
  expect(values(released, { failedAt })).toMatchObject({ TimeToRestore: 4_200 });
  for (const outcome of [rolledBack, failed, unchanged]) {
    expect(values(outcome, { failedAt })).not.toHaveProperty('TimeToRestore');
  }
});

const record = (minute: number, outcome?: ReleaseOutcome): ReleaseRecord => ({
  build: `Deploy:${minute}`,
  began: `2030-01-01T08:${minute}:00.000Z`,
  baseline: { stackName: 'shop-prod' },
  ...(outcome ? { conclusion: { at: `2030-01-01T08:${minute}:30.000Z`, outcome } } : {}),
});

test.each<[string, (ReleaseOutcome | undefined)[], string | undefined]>([
  ['a release', [released], undefined],
  ['nothing', [], undefined],
  ['a rollback', [rolledBack, released], '2030-01-01T08:30:30.000Z'],
  ['failures in a row', [failed, rolledBack, failed, released, failed], '2030-01-01T08:28:30.000Z'],
  ['a failure, and a release that changed nothing', [unchanged, failed, first], '2030-01-01T08:29:30.000Z'],
  ['a failure, and one without a recorded outcome', [undefined, failed, released], '2030-01-01T08:29:30.000Z'],
  ['failures alone', [failed, failed], '2030-01-01T08:29:30.000Z'],
])('after %s, the first failure since the last successful release is found', async (_, newestFirst, expected) => {
  const own = record(40);
  const history = newestFirst.map((outcome, index) => record(30 - index, outcome));
  expect(await failedSince([record(50, failed), record(40, released), ...history], own)).toBe(expected);
});

describe('in a real ledger', () => {
  let account: SmallAccount;
  beforeAll(async () => {
    account = await SmallAccount.open();
    await makeLedger(account);
  });
  afterAll(() => account.close());

  /** @returns The sum of each metric so far. */
  async function published(): Promise<Record<string, number>> {
    const MetricDataQueries = Object.entries(RELEASE_METRICS).map(
      ([Id, MetricName]): MetricDataQuery => ({
        Id,
        MetricStat: {
          Metric: {
            Namespace: RELEASE_NAMESPACE,
            MetricName,
            Dimensions: [{ Name: RELEASE_DIMENSION, Value: 'shop-prod' }],
          },
          Period: 86_400,
          Stat: 'Sum',
        },
      }),
    );
    const StartTime = new Date('2030-01-01T00:00:00Z');
    const EndTime = new Date('2030-01-02T00:00:00Z');
    const { MetricDataResults = [] } = await account.clients.cloudWatch.send(
      new GetMetricDataCommand({ MetricDataQueries, StartTime, EndTime }),
    );
    const sums = MetricDataResults.map(({ Label = '', Values = [] }) => [Label, Values] as const);
    return Object.fromEntries(
      sums.flatMap(([name, each]) => (each.length > 0 ? [[name, each.reduce((sum, value) => sum + value)]] : [])),
    );
  }

  const conclude = (minute: number, outcome: ReleaseOutcome) =>
    recordConclusion(account.clients, record(minute), outcome, `2030-01-01T08:${minute}:30.000Z`);

  test('only the first recorded outcome publishes the metrics', async () => {
    expect(await conclude(10, rolledBack)).toEqual({ first: true });
    expect(await published()).toEqual({ Rollbacks: 1, ChangeFailed: 1 });
    expect(await conclude(10, released)).toEqual({ first: false });
    expect(await conclude(11, unchanged)).toEqual({ first: true });
    expect(await published()).toEqual({ Rollbacks: 1, ChangeFailed: 1 });
    expect(await conclude(20, released)).toEqual({ first: true });
    expect(await published()).toEqual({ Rollbacks: 1, ChangeFailed: 1, Releases: 1, TimeToRestore: 600 });
  });

  test('metrics that cannot be published are a warning, and the outcome is recorded', async () => {
    const { first: isFirst, warning } = await refusing(account.clients, { PutMetricData: 'AccessDenied' }, () =>
      conclude(30, failed),
    );
    expect(isFirst).toBe(true);
    expect(warning).toBe('the release metrics of shop-prod were not published: AccessDenied: PutMetricData is refused');
    expect((await new Ledger(account.clients.dynamoDb, 'shop-prod').find('Deploy:30'))?.conclusion?.outcome).toEqual(
      failed,
    );
  });

  test('an outcome that cannot be recorded is an error', async () => {
    const refused = refusing(account.clients, { PutItem: 'AccessDeniedException' }, () => conclude(31, failed));
    await expect(refused).rejects.toThrow('PutItem is refused');
  });
});
