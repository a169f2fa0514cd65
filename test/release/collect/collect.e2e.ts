import { lastOutcome, watchRelease } from '../../../release/cli/watch';
import { awsTime } from '../../../release/collect/aws-time';
import { type Baseline, takeBaseline } from '../../../release/collect/baseline';
import { Collector, collect } from '../../../release/collect/collect';
import { judge } from '../../../release/outcome/judge';
import { functionsOf } from '../../../release/outcome/outcome';
import { render, summary } from '../../../release/render';
import { deployGuarded, fail, holdWhen, pagesOfOne, refusing } from '../guarded-shop';
import { SmallAccount, target } from '../small-account';

let account: SmallAccount;
let before: Baseline;
const now = () => account.clock.now();
const outcome = async (deployed = false) => judge(await collect(account.clients, before, { now }), { deployed });

async function openAccount() {
  account = await SmallAccount.open();
  await deployGuarded(account, { commit: 'a' });
  before = await takeBaseline(account.clients, target.stackName);
}

describe('after a hook has failed', () => {
  beforeAll(async () => {
    await openAccount();
    await deployGuarded(account, { commit: 'b', hook: 'Failed' });
  });
  afterAll(() => account.close());

  test('the outcome contains what the hook logged about its failure', async () => {
    const result = await outcome();
    expect(result.unread).toBeUndefined();
    expect(functionsOf(result)[0]).toMatchObject({
      cause: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic' },
      weightReached: 0,
      hook: {
        functionName: 'shop-prod-hook',
        answered: true,
        reasons: ['greets the world: expected {"status":200}, received {"status":500}'],
      },
    });
  });

  test('what may not be read is named, and the outcome is determined all the same', async () => {
    const denied = 'AccessDeniedException';
    const errors = { FilterLogEvents: denied, GetAlias: denied, GetMetricData: 'Throttling' };
    const result = await refusing(account.clients, errors, outcome);
    expect(result).toMatchObject({
      type: 'rolled-back',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [{ cause: { type: 'hook' } }, { from: '1', to: '2' }],
      obstacles: [{ code: 'THROTTLED' }],
    });
    expect(result.unread?.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'the alias shop-prod-hello:Live: denied',
      'the alias shop-prod-order:Live: denied',
      "the hook's log /aws/lambda/shop-prod-hook: denied",
      'the metrics of the versions: throttled',
    ]);
    expect(render(result)).toContain(
      '\n  ? could not read the metrics of the versions: throttled (Throttling: GetMetricData is refused)',
    );
  });

  test('denied reads are not repeated but still named; throttled ones are repeated', async () => {
    const collector = new Collector(account.clients, target.stackName, { now });
    const errors = { GetAlias: 'AccessDeniedException', GetMetricData: 'Throttling' };
    await refusing(account.clients, errors, () => collector.since(before));
    const { unread, functions } = await collector.since(before);
    expect(unread?.map(({ what }) => what)).toEqual([
      'the alias shop-prod-hello:Live',
      'the alias shop-prod-order:Live',
    ]);
    expect(functions).toMatchObject([{ to: '2' }, { to: '2' }]);
    expect(functions[0]?.weightNow).toBeUndefined();
  });

  test('with a call limit the next reads complete the outcome, which is the same', async () => {
    await pagesOfOne(account.clients, async () => {
      const collector = new Collector(account.clients, target.stackName, { now, perRead: 8 });
      const reads = [await collector.since(before)];
      while (reads.at(-1)?.incomplete) reads.push(await collector.since(before));
      expect(reads.length).toBeGreaterThan(1);
      expect(reads.length).toBeLessThan(6);
      expect(judge(reads.at(-1)!, { deployed: false })).toEqual(await outcome());
    });
  });

  test('a limit below the calls that one function needs is refused', () => {
    expect(() => new Collector(account.clients, target.stackName, { now, perRead: 3 })).toThrow(
      'perRead is 3, but a read of one function needs 8 calls',
    );
  });

  test('a release whose stack events cannot be read is never called released', async () => {
    const result = await refusing(account.clients, { DescribeStackEvents: 'AccessDenied' }, () => outcome(true));
    expect(result).toMatchObject({ type: 'failed', phase: 'unread', unread: [{ what: "the stack's events" }] });
  });

  test('other errors of a call are thrown', async () => {
    const expired = { DescribeStackEvents: 'ExpiredTokenException' };
    await expect(refusing(account.clients, expired, outcome)).rejects.toThrow('DescribeStackEvents is refused');
  });

  test('all pages are read', async () => {
    const paged = await pagesOfOne(account.clients, async () => {
      expect(functionsOf(await outcome())[0]?.hook?.reasons).toHaveLength(1);
    });
    expect(paged).toEqual(['FilterLogEvents']);
  });
});

describe('after an alarm has stopped a shift', () => {
  beforeAll(async () => {
    await openAccount();
    await Promise.all([deployGuarded(account, { commit: 'b' }), fail(account, 'b')]);
  });
  afterAll(() => account.close());

  test('the outcome says how it fired, although the rollback has deleted it', async () => {
    const result = await outcome();
    const [hello, order] = functionsOf(result);
    expect(result).toMatchObject({ type: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(result.unread).toBeUndefined();
    expect(hello).toMatchObject({
      functionName: 'shop-prod-hello',
      from: '1',
      to: '2',
      weightReached: 10,
      weightNow: 0,
      cause: { type: 'alarm', alarms: ['shop-prod-hello-b-errors'] },
      rollbackDeploymentId: expect.stringMatching(/^d-/),
      alarms: [
        {
          name: 'shop-prod-hello-b-errors',
          state: 'deleted',
          firing: {
            reason: expect.stringMatching(/^Threshold Crossed: 1 datapoint \[14\.0 /),
            points: [{ at: expect.stringMatching(/^2030-01-01T/), value: 14 }],
          },
        },
      ],
    });
    expect(hello?.alarms?.[0]?.console).toBeUndefined();
    expect(order).toMatchObject({ functionName: 'shop-prod-order', fate: 'cancelled', weightNow: 0 });
    expect(render(result)).toContain('not the cause, cancelled with the release: ');
  });

  test('without CodeDeploy the events of the stack suffice to name the alarm', async () => {
    const errors = { BatchGetDeployments: 'AccessDeniedException', DescribeAlarms: 'AccessDenied' };
    const result = await refusing(account.clients, errors, outcome);
    expect(result).toMatchObject({
      type: 'rolled-back',
      functions: [
        { functionName: 'shop-prod-hello', from: '?', partial: true, cause: { alarms: ['shop-prod-hello-b-errors'] } },
        { functionName: 'shop-prod-order', fate: 'cancelled' },
      ],
      unread: [{ what: 'the deployments' }, { what: 'the alarms' }],
    });
    expect(functionsOf(result)[0]?.alarms).toMatchObject([{ state: 'unread', firing: { points: [{ value: 14 }] } }]);
  });
});

describe('one release after the other', () => {
  beforeAll(openAccount);
  afterAll(() => account.close());

  test('a running release is shown with its weight and alarms from its beginning to its outcome', async () => {
    const deploying = deployGuarded(account, { commit: 'b' });
    const open = await holdWhen(account, () => account.status === 'UPDATE_IN_PROGRESS');
    const seen: string[] = [];
    const time = awsTime(account.clients.cloudFormation);
    const watching = account.clock.spawn(() =>
      watchRelease(account.clients, target.stackName, {
        now: time,
        pause: () => account.clock.sleep(40_000),
        onLook: (each) => seen.push(each.type === 'in-progress' ? summary(each, time()).text : each.type),
      }),
    );
    open();
    const result = await watching;
    expect(result).toMatchObject({ type: 'released', functions: [{ from: '1', to: '2', weightReached: 100 }, {}] });
    expect(seen[0]).toBe('no traffic shifted yet · stack UPDATE_IN_PROGRESS');
    expect(seen).toContain('0 of 2 functions at 100 %, 2 shifting at 10 % · 1 alarm OK');
    expect(seen.at(-1)).toBe('released');
    await deploying;
    expect(Math.abs(time() - now())).toBeLessThan(10_000);
  });

  test('a hook that does not report is an obstacle with a remedy', async () => {
    before = await takeBaseline(account.clients, target.stackName);
    await deployGuarded(account, { commit: 'c', hook: 'never' });
    const result = await outcome();
    expect(functionsOf(result)[0]?.hook).toMatchObject({ functionName: 'shop-prod-hook', answered: false });
    expect(result.obstacles).toMatchObject([{ code: 'HOOK_NEVER_ANSWERED', subject: 'shop-prod-hook' }]);
  });

  test('the last operation is found in the events of its stack, and earlier ones are left out', async () => {
    const last = await lastOutcome(account.clients, target.stackName);
    expect(last).toMatchObject({ type: 'rolled-back', functions: [{ to: '3' }, { to: '3' }] });
    const paged = await pagesOfOne(account.clients, async () => {
      const { functions } = await collect(account.clients, { stackName: target.stackName }, { now });
      expect(functions).toHaveLength(4);
    });
    expect(paged).toContain('DescribeStackEvents');
    await expect(lastOutcome(account.clients, 'shop-dev')).rejects.toMatchObject({ code: 'NO_STACK' });
  });
});
