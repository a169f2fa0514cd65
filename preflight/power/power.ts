import { NotComputed } from '../../aws-rules/metric-math';
import type { Alarm } from '../alarm';
import type { Shift } from '../shift';
import type { Canary, Subject } from '../subject';
import { chanceToStop } from './chain';
import { drawReleases } from './draw';
import type { Watcher } from './looks';
import type { Failure, Scenario } from './scenario';
import { isSummed, type Sensor, sensorOf } from './sensor';

/** Shares of its requests that a bad release fails, and that both versions of a good one fail. */
export const BAD: readonly number[] = [0.001, 0.01, 0.05, 0.2, 1];
export const BACKGROUND: readonly number[] = [0, 0.001, 0.01];

export interface Chances {
  /** chance to stop a release, one for each of {@link BAD} */
  readonly stopsBad: readonly number[];
  /** chance to stop a good release, one for each of {@link BACKGROUND} */
  readonly stopsGood: readonly number[];
}

/** What an alarm, or all of them together, is worth to a canary. */
export interface KnownPower extends Chances {
  /** `estimated`: from drawn releases, ±0.9 percentage points in 95 of 100 cases */
  readonly type: 'computed' | 'estimated';
  /** where the code answers what fails with a 5xx. @default - the function answers no API */
  readonly answering5xx?: Chances | undefined;
}

export type Power = KnownPower | { readonly type: 'not computed'; readonly why: string };

/** What the alarms of a canary are worth to it. */
export interface CanaryPower {
  /** in the order of the alarms */
  readonly alarms: readonly Power[];
  /** that at least one of them stops it. @default - fewer than two have a figure */
  readonly together?: KnownPower | undefined;
}

/** An alarm of which can be said what it does, one sensor for each way to fail. */
interface Readable extends Watched {
  readonly type: 'readable';
}

interface Watched {
  readonly alarm: Alarm;
  readonly sensors: readonly Sensor[];
}

type Unread = Extract<Power, { readonly type: 'not computed' }>;

/** @param alarms those that watch the canary, each once */
export function powersOf(subject: Subject, canary: Canary, alarms: readonly Alarm[]): CanaryPower {
  const failures: readonly Failure[] = canary.apis.length > 0 ? ['throws', 'answers 5xx'] : ['throws'];
  const release = releaseOf(subject, canary);
  const read = alarms.map((alarm): Readable | Unread => {
    try {
      if ('why' in release) throw new NotComputed(release.why);
      const sensors = failures.map((failure) => sensorOf(subject.template, canary, alarm, failure));
      return { type: 'readable', alarm, sensors };
    } catch (error) {
      if (!(error instanceof NotComputed)) throw error;
      return { type: 'not computed', why: error.message };
    }
  });
  const readable = read.filter((each) => each.type === 'readable');
  if ('why' in release || readable.length === 0) return { alarms: read.filter((each) => each.type !== 'readable') };
  const tables = failures.map((_, failure) => tableOf(readable, failure, release));
  const known = (type: KnownPower['type'], pick: (table: Table) => Chances): KnownPower => {
    const [thrown, answered] = tables;
    return { type, ...pick(thrown!), ...(answered && { answering5xx: pick(answered) }) };
  };
  return {
    alarms: read.map((each) => {
      if (each.type === 'not computed') return each;
      const type = isSummed(each.sensors[0]!) ? 'computed' : 'estimated';
      return known(type, ({ alarms: chances }) => chances[readable.indexOf(each)]!);
    }),
    ...(readable.length > 1 && { together: known('estimated', ({ together }) => together!) }),
  };
}

/** A shift, and the traffic that it meets. */
interface Release {
  readonly shift: Shift;
  readonly requestsPerSecond: number;
  readonly otherRequestsPerSecond: number;
}

function releaseOf({ traffic }: Subject, { shift, requestsPerSecond }: Canary): Release | { readonly why: string } {
  if (!shift) return { why: 'the deployment configuration is not known' };
  if (shift.seconds === 0) return { why: `${shift.name} leaves no time to stop anything` };
  if (!traffic || requestsPerSecond === undefined) return { why: 'no traffic is declared; write it into traffic.json' };
  if (requestsPerSecond === 0) return { why: 'the declared traffic has no request for it' };
  return { shift, requestsPerSecond, otherRequestsPerSecond: traffic.requestsPerSecond - requestsPerSecond };
}

/** What alarms are worth against one way to fail. */
interface Table {
  readonly alarms: readonly Chances[];
  /** @default - there is only one */
  readonly together?: Chances | undefined;
}

function tableOf(readable: readonly Watched[], failure: number, { shift, ...traffic }: Release): Table {
  const watchers = readable.map(({ alarm, sensors }) => ({ rule: alarm, sensor: sensors[failure]! }));
  const quiet = { ...traffic, newFails: 0, oldFails: 0 };
  const unmoved = new Map(
    watchers
      .filter(({ sensor }) => !sensor.seesFailures)
      .map((watcher) => [watcher, chanceOf(watcher, shift, quiet)] as const),
  );
  // What sees no failures and is silent without any is so always, and need not be drawn.
  const drawable = watchers.filter((watcher) => unmoved.get(watcher) !== 0);
  // One alarm that can be summed up needs no draws; several do, for what they do together.
  const needsDrawing = drawable.length > 1 || drawable.some(({ sensor }) => !isSummed(sensor));
  const stopping = (newFails: number, oldFails: number) => {
    const scenario = { ...traffic, newFails, oldFails };
    const drawn = needsDrawing ? drawReleases(drawable, shift, scenario) : undefined;
    const alarms = watchers.map(
      (watcher) =>
        unmoved.get(watcher) ??
        (isSummed(watcher.sensor) ? chanceOf(watcher, shift, scenario) : drawn!.each[drawable.indexOf(watcher)]!),
    );
    return { alarms, together: drawn?.together ?? Math.max(...alarms) };
  };
  const bad = BAD.map((share) => stopping(share, 0));
  const good = BACKGROUND.map((share) => stopping(share, share));
  const picked = (pick: (each: ReturnType<typeof stopping>) => number): Chances => ({
    stopsBad: bad.map(pick),
    stopsGood: good.map(pick),
  });
  return {
    alarms: watchers.map((_, index) => picked(({ alarms }) => alarms[index]!)),
    ...(watchers.length > 1 && { together: picked(({ together }) => together) }),
  };
}

function chanceOf({ rule, sensor }: Watcher, shift: Shift, scenario: Scenario): number {
  if (isSummed(sensor)) return chanceToStop(sensor, rule, shift, scenario);
  return drawReleases([{ rule, sensor }], shift, scenario).each[0]!;
}
