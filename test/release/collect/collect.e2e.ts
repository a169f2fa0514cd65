import { lastOutcome, watchRelease } from '../../../release/cli/watch';
import { awsTime } from '../../../release/collect/aws-time';
import { Collector, collect } from '../../../release/collect/collect';
import { type Baseline, takeBaseline } from '../../../release/deploy/prepare';
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

  test('what the hook logged about its failure is told', async () => {
    const verdict = await outcome();
    expect(verdict.unread).toBeUndefined();
    expect(functionsOf(verdict)[0]).toMatchObject({
      cause: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic' },
      weightReached: 0,
      hook: {
        functionName: 'shop-prod-hook',
        answered: true,
        reasons: ['greets the world: expected {"status":200}, received {"status":500}'],
      },
    });
  });

  test('what may not be read is named, and the verdict stands all the same', async () => {
    const denied = 'AccessDeniedException';
    const errors = { FilterLogEvents: denied, GetAlias: denied, GetMetricData: 'Throttling' };
    const verdict = await refusing(account.clients, errors, outcome);
    expect(verdict).toMatchObject({
      type: 'rolled-back',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [{ cause: { type: 'hook' } }, { from: '1', to: '2' }],
      obstacles: [{ code: 'THROTTLED' }],
    });
    expect(verdict.unread?.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'the alias shop-prod-hello:Live: denied',
      'the alias shop-prod-order:Live: denied',
      'the log of the hook, /aws/lambda/shop-prod-hook: denied',
      'the metrics of the versions: throttled',
    ]);
    expect(render(verdict)).toContain(
      '\n  ? could not read the metrics of the versions: throttled (Throttling: GetMetricData is refused)',
    );
  });

  test('what was refused once is not asked for again, and is named all the same; what was throttled is', async () => {
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

  test('what a look has no calls left for comes with the next ones, and ends in the same verdict', async () => {
    await pagesOfOne(account.clients, async () => {
      const collector = new Collector(account.clients, target.stackName, { now, perLook: 8 });
      const looks = [await collector.since(before)];
      while (looks.at(-1)?.incomplete) looks.push(await collector.since(before));
      expect(looks.length).toBeGreaterThan(1);
      expect(looks.length).toBeLessThan(6);
      expect(judge(looks.at(-1)!, { deployed: false })).toEqual(await outcome());
    });
  });

  test('fewer calls than a look at one function takes are refused', () => {
    expect(() => new Collector(account.clients, target.stackName, { now, perLook: 3 })).toThrow(
      'perLook is 3, and a look at one function alone takes 8 calls',
    );
  });

  test('a release whose stack events cannot be read is never called released', async () => {
    const verdict = await refusing(account.clients, { DescribeStackEvents: 'AccessDenied' }, () => outcome(true));
    expect(verdict).toMatchObject({ type: 'failed', phase: 'unread', unread: [{ what: "the stack's events" }] });
  });

  test('whatever else goes wrong with a call is not passed over', async () => {
    const expired = { DescribeStackEvents: 'ExpiredTokenException' };
    await expect(refusing(account.clients, expired, outcome)).rejects.toThrow('DescribeStackEvents is refused');
  });

  test('everything is read to its last page', async () => {
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

  test('how it went off is told, though the rollback has deleted it', async () => {
    const verdict = await outcome();
    const [hello, order] = functionsOf(verdict);
    expect(verdict).toMatchObject({ type: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(verdict.unread).toBeUndefined();
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
    expect(render(verdict)).toContain('nothing was wrong with it; it was cancelled with the release');
  });

  test('without CodeDeploy the events of the stack suffice for a verdict that names the alarm', async () => {
    const errors = { BatchGetDeployments: 'AccessDeniedException', DescribeAlarms: 'AccessDenied' };
    const verdict = await refusing(account.clients, errors, outcome);
    expect(verdict).toMatchObject({
      type: 'rolled-back',
      functions: [
        { functionName: 'shop-prod-hello', from: '?', partial: true, cause: { alarms: ['shop-prod-hello-b-errors'] } },
        { functionName: 'shop-prod-order', fate: 'cancelled' },
      ],
      unread: [{ what: 'the deployments' }, { what: 'the alarms' }],
    });
    expect(functionsOf(verdict)[0]?.alarms).toMatchObject([{ state: 'unread', firing: { points: [{ value: 14 }] } }]);
  });
});

describe('one release after the other', () => {
  beforeAll(openAccount);
  afterAll(() => account.close());

  test('a release under way is told with its weight and alarms, from its beginning to its verdict', async () => {
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
    const verdict = await watching;
    expect(verdict).toMatchObject({ type: 'released', functions: [{ from: '1', to: '2', weightReached: 100 }, {}] });
    expect(seen[0]).toBe('no traffic shifts yet · CloudFormation says UPDATE_IN_PROGRESS');
    expect(seen).toContain('0 of 2 functions serve 100 %, 2 shifting at 10 % · 1 alarm OK');
    expect(seen.at(-1)).toBe('released');
    await deploying;
    expect(Math.abs(time() - now())).toBeLessThan(10_000);
  });

  test('a hook that never answers has a word and a remedy of its own', async () => {
    before = await takeBaseline(account.clients, target.stackName);
    await deployGuarded(account, { commit: 'c', hook: 'never' });
    const verdict = await outcome();
    expect(functionsOf(verdict)[0]?.hook).toMatchObject({ functionName: 'shop-prod-hook', answered: false });
    expect(verdict.obstacles).toMatchObject([{ code: 'HOOK_NEVER_ANSWERED', subject: 'shop-prod-hook' }]);
  });

  test('the last operation is found by the events of its stack, and the earlier ones are left out', async () => {
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
