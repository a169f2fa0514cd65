import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type AttributeValue, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { Ledger, type ReleaseRecord } from '../../../release/ledger/ledger';
import { ledgerTableName } from '../../../release/ledger/ledger-table';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import { inProgress, promoted, released, rolledBack, sixty } from '../releases';
import { SmallAccount } from '../small-account';
import { makeLedger } from './ledger-stack';

let account: SmallAccount;
let ledger: Ledger;
let stackName: string;
let stacks = 0;

beforeAll(async () => {
  account = await SmallAccount.open();
});
afterAll(() => account.close());

beforeEach(async () => {
  stacks += 1;
  stackName = `shop-${stacks}`;
  await makeLedger(account, stackName);
  ledger = new Ledger(account.clients.dynamoDb, stackName, () => account.clock.now());
});

const record = (minute: number, more: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
  build: `P-Deploy:build-${minute}`,
  began: new Date(Date.UTC(2030, 0, 1, 9, minute)).toISOString(),
  baseline: { stackName, eventId: `event-${minute}` },
  ...more,
});
const at = '2030-01-01T10:00:00.000Z';

async function items(): Promise<Record<string, AttributeValue>[]> {
  const { Items = [] } = await account.clients.dynamoDb.send(
    new QueryCommand({
      TableName: ledgerTableName(stackName),
      KeyConditionExpression: '#kind = :kind',
      ExpressionAttributeNames: { '#kind': 'kind' },
      ExpressionAttributeValues: { ':kind': { S: 'release' } },
    }),
  );
  return Items;
}

test('a release that has begun is found by its build, with all that was recorded', async () => {
  const whole = record(1, { execution: 'e-1', commit: '8a3f', committedAt: '2030-01-01T08:55:00Z' });
  await ledger.begin(whole);
  await ledger.begin(record(2));
  expect(await ledger.find('P-Deploy:build-1')).toEqual(whole);
  expect(await ledger.find('P-Deploy:build-2')).toEqual(record(2));
  expect(await ledger.find('P-Deploy:build-3')).toBeUndefined();
});

test.each<[string, ReleaseOutcome]>([
  ['a release', released],
  ['a rollback', rolledBack],
  [
    'sixty functions',
    { ...rolledBack, functions: sixty(promoted, () => ({ console: randomBytes(600).toString('hex') })) },
  ],
  [
    'a failure',
    { type: 'failed', phase: 'unread', reason: 'why? „ß“', remedy: 'r', stackName: 's', stackStatus: 'UNKNOWN' },
  ],
])('the outcome of %s is read as it was written', async (_, outcome) => {
  expect(await ledger.conclude(record(1), outcome, at)).toBe(true);
  expect(await ledger.find('P-Deploy:build-1')).toEqual(record(1, { conclusion: { at, outcome } }));
});

test('the first outcome is kept', async () => {
  await ledger.begin(record(1));
  expect(await ledger.conclude(record(1), rolledBack, at)).toBe(true);
  expect(await ledger.conclude(record(1), released, '2030-01-01T11:00:00.000Z')).toBe(false);
  expect((await ledger.find('P-Deploy:build-1'))?.conclusion).toEqual({ at, outcome: rolledBack });
});

test('a release that is still running cannot be concluded', () => {
  expect(() => ledger.conclude(record(1), inProgress, at)).toThrow('release P-Deploy:build-1 is still in progress');
});

test('people who look at the table can read how a release ended, for a year', async () => {
  await ledger.conclude(record(1, { commit: '8a3f' }), rolledBack, at);
  const [{ outcome, baseline, ...texts } = {}] = await items();
  expect(texts).toEqual({
    kind: { S: 'release' },
    id: { S: '2030-01-01T09:01:00.000Z#P-Deploy:build-1' },
    format: { N: '1' },
    build: { S: 'P-Deploy:build-1' },
    began: { S: '2030-01-01T09:01:00.000Z' },
    commit: { S: '8a3f' },
    type: { S: 'rolled-back' },
    headline: { S: expect.stringContaining('shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors') },
    ended: { S: at },
    expires: { N: String(Date.UTC(2031, 0, 1, 9, 1) / 1000) },
  });
});

test('the last releases come newest first, over several pages', async () => {
  for (const minute of [2, 1, 3]) await ledger.begin(record(minute));
  const minutes = (records: readonly ReleaseRecord[]) => records.map(({ began }) => new Date(began).getUTCMinutes());
  expect(minutes(await ledger.last(2))).toEqual([3, 2]);
  expect(minutes(await ledger.last(9))).toEqual([3, 2, 1]);
  expect(await ledger.last(0)).toEqual([]);
  const pages: ReleaseRecord[] = [];
  for await (const each of ledger.backwards(1)) pages.push(each);
  expect(minutes(pages)).toEqual([3, 2, 1]);
});

test.each<[string, Record<string, AttributeValue>, string]>([
  ['a later format', { format: { N: '2' } }, "its format is '2', expected 1"],
  ['an outcome that is not packed', { outcome: { B: Buffer.from('{}') }, ended: { S: at } }, 'incorrect header check'],
  ['an outcome without a type', { outcome: { B: gzipSync('[]') }, ended: { S: at } }, "its 'outcome' has no type"],
  ['no baseline', { baseline: { S: '' } }, "'baseline' is missing or empty"],
])('a record with %s is refused with its problem', async (_, change, problem) => {
  await ledger.begin(record(1));
  const [item] = await items();
  const TableName = ledgerTableName(stackName);
  await account.clients.dynamoDb.send(new PutItemCommand({ TableName, Item: { ...item, ...change } }));
  const error = {
    code: 'LEDGER_UNREADABLE',
    message: `release '2030-01-01T09:01:00.000Z#P-Deploy:build-1' in table '${TableName}' cannot be read: ${problem}; if a newer version of the pipeline wrote it, update this one`,
  };
  await expect(ledger.last(1)).rejects.toMatchObject(error);
  await expect(ledger.find('P-Deploy:build-1')).rejects.toMatchObject(error);
  expect(await ledger.find('P-Deploy:build-2')).toBeUndefined();
});

test('a claim is granted once, and again only to the same claimant', async () => {
  expect(await ledger.claim('d-1')).toBe(true);
  expect(await ledger.claim('d-1')).toBe(false);
  expect(await ledger.claim('d-2', 'event-1')).toBe(true);
  expect(await ledger.claim('d-2', 'event-2')).toBe(false);
  expect(await ledger.claim('d-2', 'event-1')).toBe(true);
  expect(await ledger.last(9)).toEqual([]);
});

test('a missing table is reported with DynamoDB’s error', async () => {
  await expect(new Ledger(account.clients.dynamoDb, 'nowhere').last(1)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
