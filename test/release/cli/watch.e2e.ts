import { lastOutcome, watchRelease } from '../../../release/cli/watch';
import { Ledger, type ReleaseRecord } from '../../../release/ledger/ledger';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import { refusing } from '../guarded-shop';
import { makeLedger } from '../ledger/ledger-stack';
import { released } from '../releases';
import { SmallAccount, target } from '../small-account';

let account: SmallAccount;
let ledger: Ledger;

beforeEach(async () => {
  account = await SmallAccount.open();
  await makeLedger(account);
  await account.deploy(await account.package({ code: 'exports.handler = async () => "works"' }));
  ledger = new Ledger(account.clients.dynamoDb, target.stackName);
});
afterEach(() => account.close());

const now = () => account.clock.now();
const instant = () => new Date(now()).toISOString();
const refused: ReleaseOutcome = {
  type: 'failed',
  phase: 'before-cloudformation',
  stackName: 'shop-prod',
  stackStatus: 'CREATE_COMPLETE',
  reason: 'Cannot resolve variable',
  remedy: 'fix the cause and push again',
};

async function begun(): Promise<ReleaseRecord> {
  const eventId = account.region.cloudFormation.events(target.stackName).at(-1)!.id;
  const record = { build: 'P-Deploy:1', began: instant(), baseline: { stackName: target.stackName, eventId } };
  await ledger.begin(record);
  return record;
}

/**
 * Watches until the end.
 *
 * @param onPause Called with the number of reads so far.
 */
async function watched(onPause: (reads: number) => Promise<void> = async () => {}) {
  const seen: string[] = [];
  const outcome = await watchRelease(account.clients, target.stackName, {
    now,
    onLook: ({ type }) => seen.push(type),
    pause: () => onPause(seen.length),
  });
  return { outcome, seen };
}

test('the recorded outcome of a release counts, whatever the stack did last', async () => {
  await ledger.conclude(await begun(), refused, instant());
  expect(await lastOutcome(account.clients, target.stackName)).toEqual(refused);
  expect(await watched()).toEqual({ outcome: refused, seen: ['failed'] });
});

test('a later change of the stack is reported with the outcome', async () => {
  await ledger.conclude(await begun(), refused, instant());
  await account.deploy(await account.package({ code: 'exports.handler = async () => "by hand"' }));
  expect(await lastOutcome(account.clients, target.stackName)).toEqual({
    ...refused,
    changedSince: { began: expect.stringMatching(/^2030-01-01T/), stackStatus: 'UPDATE_COMPLETE' },
  });
});

test('an operation outside the pipeline that is in progress is watched until its end', async () => {
  await ledger.conclude(await begun(), refused, instant());
  const held = account.hold('UPDATE_IN_PROGRESS');
  const deploying = account.deploy(await account.package({ code: 'exports.handler = async () => "by hand"' }));
  const open = await held;
  const { outcome, seen } = await watched(async () => {
    open();
    await deploying;
  });
  expect(seen).toEqual(['in-progress', 'released']);
  expect(outcome).toMatchObject({ type: 'released', functions: [{ from: '1', to: '2' }] });
});

test('a release that has not reached the stack yet is in progress, and ends with the recorded outcome', async () => {
  const record = await begun();
  expect(await lastOutcome(account.clients, target.stackName)).toMatchObject({ type: 'in-progress', functions: [] });
  const { outcome, seen } = await watched(async (reads) => {
    if (reads === 3) await ledger.conclude(record, refused, instant());
  });
  expect(seen).toEqual(['in-progress', 'in-progress', 'in-progress', 'failed']);
  expect(outcome).toEqual(refused);
});

test('the stack decides about a release that has ended until Deploy has recorded an outcome, or if it never does', async () => {
  const record = await begun();
  await account.deploy(await account.package({ code: 'exports.handler = async () => "new"' }));
  const own = await watched();
  expect(own.outcome).toMatchObject({ type: 'released', functions: [{ from: '1', to: '2' }] });
  expect(own.seen).toHaveLength(24);
  const recorded = await watched(async () => {
    await ledger.conclude(record, released, instant());
  });
  expect(recorded.outcome).toEqual(released);
});

test('a release without an outcome in the time that a build may take is no longer in progress', async () => {
  await begun();
  await account.clock.spawn(() => account.clock.sleep(37 * 60 * 60 * 1_000));
  expect(await lastOutcome(account.clients, target.stackName)).toMatchObject({
    type: 'failed',
    phase: 'unread',
    reason: expect.stringContaining('its outcome was never recorded'),
  });
});

test('without permission to read the ledger the stack decides, and the ledger is named', async () => {
  const errors = { Query: 'AccessDeniedException' };
  const outcome = await refusing(account.clients, errors, () => lastOutcome(account.clients, target.stackName));
  expect(outcome).toMatchObject({
    type: 'first-release',
    unread: [{ what: 'the release ledger', why: 'denied', message: 'AccessDeniedException: Query is refused' }],
  });
});
