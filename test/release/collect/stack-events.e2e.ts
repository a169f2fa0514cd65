import { Allowance, metered } from '../../../release/collect/allowance';
import { takeBaseline } from '../../../release/collect/baseline';
import { eventsAfter, lastOperation, StackEvents } from '../../../release/collect/stack-events';
import { SmallAccount, target } from '../small-account';
import { deployWide } from './wide-shop';

let account: SmallAccount;
const allowance = new Allowance();
let calls = 0;

beforeAll(async () => {
  account = await SmallAccount.open(({ request }) => {
    if (request.body.toString().includes('Action=DescribeStackEvents')) calls += 1;
  });
  await deployWide(account, { functions: 8, commit: 'a' });
});
afterAll(() => account.close());

/**
 * Reads once.
 *
 * @param most Call limit. @returns The number of calls made.
 */
async function readOnce(events: StackEvents, most = Number.POSITIVE_INFINITY): Promise<number> {
  const before = calls;
  allowance.renew(most);
  await events.read(metered(account.clients, allowance)).catch((error) => {
    if (error.name !== 'Postponed') throw error;
  });
  return calls - before;
}

test('events are read back to their boundary, later only new ones, and with a call limit the result is the same', async () => {
  const { eventId } = await takeBaseline(account.clients, target.stackName);
  const time = account.clock.now() + 1;
  const since = new StackEvents(target.stackName, eventsAfter({ eventId }));
  const sinceTime = new StackEvents(target.stackName, eventsAfter({ time }));
  const all = new StackEvents(target.stackName, eventsAfter({}));
  const pieces = new StackEvents(target.stackName, eventsAfter({}));
  const last = new StackEvents(target.stackName, lastOperation);
  const ids = (events: StackEvents) => events.known.map(({ EventId }) => EventId);
  expect(await readOnce(all)).toBeGreaterThan(1);
  expect(await readOnce(pieces, 1)).toBe(1);
  expect(pieces.known).toHaveLength(100);
  await readOnce(since);
  expect(since.known).toEqual([]);
  await readOnce(last);
  expect(ids(last)).toEqual(ids(all).slice(1)); // Before it the stack was only in review.

  await deployWide(account, { functions: 8, commit: 'b' });
  expect(await readOnce(pieces, 1)).toBe(1); // This leaves a gap between these events and the former ones.
  const former = all.known.length;
  await readOnce(all);
  expect(await readOnce(all)).toBe(1);
  expect(all.known.length).toBeGreaterThan(former + 100);
  expect(new Set(ids(all)).size).toBe(all.known.length);
  // One call reads what is new, the other what is left: first the gap is closed, then the first events are read.
  while (pieces.known.length < all.known.length) expect(await readOnce(pieces, 2)).toBe(2);
  expect(ids(pieces)).toEqual(ids(all));
  expect(await readOnce(pieces)).toBe(1);

  await Promise.all([since, sinceTime, last].map((each) => each.read(account.clients)));
  expect(ids(since)).toEqual(ids(all).slice(former));
  expect(ids(sinceTime)).toEqual(ids(since));
  expect(ids(last)).toEqual(ids(since));
});

test('a stack that does not exist has no events', async () => {
  const none = new StackEvents('no-such-stack', lastOperation);
  await readOnce(none);
  expect(none.known).toEqual([]);
});
