import type { EndpointProps } from '../../../embedded-aws/endpoint';
import { takeBaseline } from '../../../release/collect/baseline';
import { Collector, callsPerRead, collect } from '../../../release/collect/collect';
import { judge } from '../../../release/outcome/judge';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import type { ReleaseFacts } from '../../../release/outcome/release-facts';
import { render, summary } from '../../../release/render';
import { fail } from '../guarded-shop';
import { SmallAccount, target } from '../small-account';
import { deployWide, type WideShopProps } from './wide-shop';

type Call = Parameters<NonNullable<EndpointProps['onCall']>>[0];

/** Calls that other components make while a release is read: traffic, hooks, the upload of a package. */
const OTHER_CALLS = /PutMetricData|PutLifecycleEventHookExecutionStatus|^PUT s3/;

type Phase = 'beginning' | 'shifting' | 'ended';

/** Counts the calls of the current watcher, minute by minute. */
class Counter {
  who = 'none';
  phase: Phase = 'beginning';
  readonly #calls: { readonly who: string; readonly phase: Phase; readonly at: number; readonly name: string }[] = [];

  count({ service, request }: Call, at: number): void {
    const { headers, path, method, body } = request;
    const action = /Action=(\w+)/.exec(body.toString())?.[1];
    const name =
      headers['x-amz-target']?.split('.').at(-1) ?? action ?? path.split('/operation/')[1] ?? `${method} ${service}`;
    if (!OTHER_CALLS.test(name)) this.#calls.push({ who: this.who, phase: this.phase, at, name });
  }

  /** @returns The most calls of a watcher in any minute that begins in a phase. */
  most(who: string, phase?: Phase): number {
    const own = this.#calls.filter((call) => call.who === who);
    const begins = own.filter((call) => !phase || call.phase === phase).map(({ at }) => at);
    return Math.max(
      0,
      ...[...new Set(begins)].map((from) => own.filter(({ at }) => at >= from && at < from + 60_000).length),
    );
  }

  /** @returns How often a watcher made each call, as text. */
  sums(who: string): string {
    const sums = new Map<string, number>();
    for (const call of this.#calls) if (call.who === who) sums.set(call.name, (sums.get(call.name) ?? 0) + 1);
    return [...sums].map(([name, count]) => `${name} ${count}`).join(', ');
  }
}

/** A component that reads a release every thirty seconds. */
interface Watcher {
  readonly name: string;
  /** Number of reads after which it starts afresh, like a Lambda function with a cold start. @default - never */
  readonly forgets?: number;
  readonly perRead?: (functions: number) => number;
}

const steady: Watcher = { name: 'steady', perRead: callsPerRead };
const forgetful: Watcher = { name: 'forgetful', forgets: 9, perRead: callsPerRead };
const unlimited: Watcher = { name: 'unlimited' };

interface Ending extends Omit<WideShopProps, 'commit'> {
  /** Whether all alarms fire. @default false */
  readonly fails?: boolean;
}

interface Seen {
  readonly most: number;
  readonly outcome: ReleaseOutcome;
  readonly looksAfterEnd: number;
}

/** Releases a second commit, and reads it until each watcher has the complete outcome. */
async function release({ fails = false, ...props }: Ending, watchers: readonly Watcher[]) {
  const counter = new Counter();
  let now = () => 0;
  const account = await SmallAccount.open((call) => counter.count(call, now()));
  now = () => account.clock.now();
  try {
    await deployWide(account, { functions: props.functions, commit: 'a' });
    const baseline = await takeBaseline(account.clients, target.stackName);
    const began = now();
    let isOver = false;
    const deploying = Promise.all([
      deployWide(account, { ...props, commit: 'b' }),
      fails ? fail(account, 'b') : undefined,
    ]);
    const seen = new Map<string, Seen>();
    const summaries: string[] = [];
    const watching = account.clock.spawn(async () => {
      const looks = watchers.map((watcher) => ({ watcher, collector: undefined as Collector | undefined, after: 0 }));
      await account.clock.sleep(5_000);
      for (let look = 0; seen.size < watchers.length; look += 1) {
        if (look > 400) throw new Error(`the release does not end: ${summaries.join('\n')}`);
        for (const each of looks) {
          const { name, forgets = Number.POSITIVE_INFINITY, perRead } = each.watcher;
          if (seen.has(name)) continue;
          if (look % forgets === 0 || !each.collector) {
            each.collector = new Collector(account.clients, target.stackName, { now, ...(perRead ? { perRead } : {}) });
          }
          if (isOver) each.after += 1;
          if (look > 1) counter.phase = isOver ? 'ended' : 'shifting';
          counter.who = name;
          const then = each.watcher === forgetful ? { time: began } : baseline;
          const facts: ReleaseFacts = await each.collector.since(then);
          counter.who = 'none';
          const outcome = judge(facts, { deployed: !fails && props.hook !== 'Failed' });
          if (outcome.type === 'in-progress' && each.watcher === steady) summaries.push(summary(outcome, now()).text);
          if (isOver && outcome.type !== 'in-progress' && !facts.incomplete) {
            seen.set(name, { most: counter.most(name), outcome, looksAfterEnd: each.after });
          }
        }
        await account.clock.sleep(30_000);
      }
    });
    await deploying;
    isOver = true;
    await watching;
    const whole = judge(await collect(account.clients, baseline, { now }), {
      deployed: !fails && props.hook !== 'Failed',
    });
    const report = watchers.map(({ name }) => {
      const { most, looksAfterEnd } = seen.get(name)!;
      const phases = (['beginning', 'shifting', 'ended'] as const).map(
        (phase) => `${phase} ${counter.most(name, phase)}`,
      );
      return `${name}: ${most} a minute at most (${phases.join(', ')}), complete ${looksAfterEnd} reads after the end (${counter.sums(name)})`;
    });
    process.stdout.write(
      `${JSON.stringify({ fails, ...props })}\n  ${report.join('\n  ')}\n  ${[...new Set(summaries)].join('\n  ')}\n`,
    );
    return { seen, whole };
  } finally {
    await account.close();
  }
}

/** A watcher has seen more of an alarm's metric than its history contains once the alarm is deleted. */
function withoutPoints(outcome: ReleaseOutcome): unknown {
  return JSON.parse(JSON.stringify(outcome, (key, value) => (key === 'points' ? undefined : value)));
}

/** The Canary action makes four more calls per read: ListActionExecutions, AssumeRole and two to DynamoDB. */
const limits = [
  { functions: 1, limit: 30 - 2 * 4 },
  { functions: 50, limit: 60 - 2 * 4 },
];

describe.each(limits)('with $functions functions at most $limit calls a minute are made', ({ functions, limit }) => {
  test.each<[string, Omit<Ending, 'functions'>, ReleaseOutcome['type']]>([
    ['a release', {}, 'released'],
    ['a rollback by the alarms of all functions', { fails: true }, 'rolled-back'],
    ['a rollback by the hook of all functions', { hook: 'Failed' }, 'rolled-back'],
  ])('during %s', async (_, ending, type) => {
    const { seen, whole } = await release({ functions, ...ending }, [steady, forgetful]);
    expect(whole.type).toBe(type);
    for (const { most, outcome } of seen.values()) {
      expect(most).toBeLessThanOrEqual(limit);
      expect(render(outcome).split('\n')[0]).toBe(render(whole).split('\n')[0]);
      expect(withoutPoints(outcome)).toEqual(withoutPoints(whole));
    }
  });
});

test('without a limit fifty functions need more calls', async () => {
  const { seen } = await release({ functions: 50, fails: true }, [unlimited]);
  expect(seen.get('unlimited')?.most).toBeGreaterThan(60);
});
