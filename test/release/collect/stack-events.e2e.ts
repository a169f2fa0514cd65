import { Allowance, metered } from '../../../release/collect/allowance';
import { beginningAfter, lastOperation, StackEvents } from '../../../release/collect/stack-events';
import { takeBaseline } from '../../../release/deploy/prepare';
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

/** Reads once, with so many calls. @returns the calls made */
async function look(events: StackEvents, most = Number.POSITIVE_INFINITY): Promise<number> {
  const before = calls;
  allowance.renew(most);
  await events.read(metered(account.clients, allowance)).catch((error) => {
    if (error.name !== 'Postponed') throw error;
  });
  return calls - before;
}

test('events are read to their beginning, later on only the new ones, and in pieces the same as at once', async () => {
  const { eventId } = await takeBaseline(account.clients, target.stackName);
  const time = account.clock.now() + 1;
  const since = new StackEvents(target.stackName, beginningAfter({ eventId }));
  const sinceTime = new StackEvents(target.stackName, beginningAfter({ time }));
  const all = new StackEvents(target.stackName, beginningAfter({}));
  const pieces = new StackEvents(target.stackName, beginningAfter({}));
  const last = new StackEvents(target.stackName, lastOperation);
  const ids = (events: StackEvents) => events.known.map(({ EventId }) => EventId);
  expect(await look(all)).toBeGreaterThan(1);
  expect(await look(pieces, 1)).toBe(1);
  expect(pieces.known).toHaveLength(100);
  await look(since);
  expect(since.known).toEqual([]);
  await look(last);
  expect(ids(last)).toEqual(ids(all).slice(1)); // before it the stack was only in review

  await deployWide(account, { functions: 8, commit: 'b' });
  expect(await look(pieces, 1)).toBe(1); // which leaves a gap between these events and the former ones
  const former = all.known.length;
  await look(all);
  expect(await look(all)).toBe(1);
  expect(all.known.length).toBeGreaterThan(former + 100);
  expect(new Set(ids(all)).size).toBe(all.known.length);
  // One call is for what is new, the other for what is left; so the gap is closed, and then the first events come.
  while (pieces.known.length < all.known.length) expect(await look(pieces, 2)).toBe(2);
  expect(ids(pieces)).toEqual(ids(all));
  expect(await look(pieces)).toBe(1);

  await Promise.all([since, sinceTime, last].map((each) => each.read(account.clients)));
  expect(ids(since)).toEqual(ids(all).slice(former));
  expect(ids(sinceTime)).toEqual(ids(since));
  expect(ids(last)).toEqual(ids(since));
});

test('a stack that does not exist has no events', async () => {
  const none = new StackEvents('nobody', lastOperation);
  await look(none);
  expect(none.known).toEqual([]);
});
