import { NotComputed } from '../../aws-rules/metric-math';
import type { WatchedAlarm } from '../alarm';
import type { Shift } from '../shift';
import type { Canary, Subject } from '../subject';
import type { DrawnAlarm } from './alarm-timeline';
import { chanceToStop } from './chain';
import { drawReleases } from './draw';
import type { FailureKind, Scenario } from './scenario';
import { isSummed, type Sensor, sensorOf } from './sensor';

/** Shares of its requests that a bad release fails. */
export const BAD: readonly number[] = [0.001, 0.01, 0.05, 0.2, 1];
/** Shares of requests that both versions fail in a good release. */
export const BACKGROUND: readonly number[] = [0, 0.001, 0.01];

/** Probabilities, 0 to 1. */
export interface Chances {
  /** Chance to stop a bad release, one for each of {@link BAD}. */
  readonly stopsBad: readonly number[];
  /** Chance to stop a good release, one for each of {@link BACKGROUND}. */
  readonly stopsGood: readonly number[];
}

/** The power of an alarm, or of all alarms together, to stop releases. */
export interface KnownPower extends Chances {
  /** `estimated`: from drawn releases, ±0.9 percentage points in 95 of 100 cases. */
  readonly type: 'computed' | 'estimated';
  /**
   * Chances where the code answers failing requests with a 5xx.
   *
   * @default - the function is not behind an API
   */
  readonly answering5xx?: Chances | undefined;
}

/** The power of an alarm, or why there is no figure for it. */
export type Power = KnownPower | { readonly type: 'not computed'; readonly why: string };

/** The power of the alarms of a canary. */
interface CanaryPower {
  /** In the order of the alarms. */
  readonly alarms: readonly Power[];
  /**
   * The power of at least one of them.
   *
   * @default - fewer than two alarms have a figure
   */
  readonly together?: KnownPower | undefined;
}

/** An alarm with a sensor for each kind of failure. */
interface ReadAlarm {
  readonly type: 'read';
  readonly alarm: WatchedAlarm;
  readonly sensors: readonly Sensor[];
}

type UnreadAlarm = Extract<Power, { readonly type: 'not computed' }>;

/**
 * Computes the power of alarms to stop releases of a canary.
 *
 * @param alarms The alarms that watch the canary, without duplicates.
 */
export function powersOf(subject: Subject, canary: Canary, alarms: readonly WatchedAlarm[]): CanaryPower {
  const failures: readonly FailureKind[] = canary.apis.length > 0 ? ['throws', 'answers 5xx'] : ['throws'];
  const release = releaseOf(subject, canary);
  const read = alarms.map((alarm): ReadAlarm | UnreadAlarm => {
    try {
      if ('why' in release) throw new NotComputed(release.why);
      const sensors = failures.map((failure) => sensorOf(subject.template, canary, alarm, failure));
      return { type: 'read', alarm, sensors };
    } catch (error) {
      if (!(error instanceof NotComputed)) throw error;
      return { type: 'not computed', why: error.message };
    }
  });
  const readable = read.filter((alarm) => alarm.type === 'read');
  if ('why' in release || readable.length === 0) return { alarms: read.filter((alarm) => alarm.type !== 'read') };
  const tables = failures.map((_, failure) => tableOf(readable, failure, release));
  const known = (type: KnownPower['type'], pick: (table: Table) => Chances): KnownPower => {
    const [thrown, answered] = tables;
    return { type, ...pick(thrown!), ...(answered && { answering5xx: pick(answered) }) };
  };
  return {
    alarms: read.map((alarm) => {
      if (alarm.type === 'not computed') return alarm;
      const type = isSummed(alarm.sensors[0]!) ? 'computed' : 'estimated';
      return known(type, ({ alarms: chances }) => chances[readable.indexOf(alarm)]!);
    }),
    ...(readable.length > 1 && { together: known('estimated', ({ together }) => together!) }),
  };
}

/** A shift and the traffic that it meets. */
interface Release {
  readonly shift: Shift;
  readonly requestsPerSecond: number;
  readonly otherRequestsPerSecond: number;
}

function releaseOf({ traffic }: Subject, { shift, requestsPerSecond }: Canary): Release | { readonly why: string } {
  if (!shift) return { why: 'how the deployment configuration shifts traffic is not known' };
  if (shift.seconds === 0)
    return { why: `${shift.name} shifts all traffic at once, which leaves no time to stop the release` };
  if (!traffic || requestsPerSecond === undefined) return { why: 'no traffic is declared; write it into traffic.json' };
  if (requestsPerSecond === 0) return { why: 'no request in traffic.json leads to the function' };
  return { shift, requestsPerSecond, otherRequestsPerSecond: traffic.requestsPerSecond - requestsPerSecond };
}

/** The chances of alarms against one kind of failure. */
interface Table {
  readonly alarms: readonly Chances[];
  /** @default - there is only one alarm */
  readonly together?: Chances | undefined;
}

/** @param failure Index of the kind of failure. */
function tableOf(read: readonly ReadAlarm[], failure: number, { shift, ...traffic }: Release): Table {
  const alarms = read.map(({ alarm, sensors }) => ({ rule: alarm, sensor: sensors[failure]! }));
  const withoutFailures = { ...traffic, newFails: 0, oldFails: 0 };
  // The chance of an alarm that does not see failures is always the same. If it is 0, the alarm need not be drawn.
  const constant = new Map(
    alarms
      .filter(({ sensor }) => !sensor.seesFailures)
      .map((alarm) => [alarm, chanceOf(alarm, shift, withoutFailures)] as const),
  );
  const drawable = alarms.filter((alarm) => constant.get(alarm) !== 0);
  // One alarm that can be summed needs no draws. Several need them, for their power together.
  const needsDrawing = drawable.length > 1 || drawable.some(({ sensor }) => !isSummed(sensor));
  const stopping = (newFails: number, oldFails: number) => {
    const scenario = { ...traffic, newFails, oldFails };
    const drawn = needsDrawing ? drawReleases(drawable, shift, scenario) : undefined;
    const chances = alarms.map(
      (alarm) =>
        constant.get(alarm) ??
        (isSummed(alarm.sensor) ? chanceOf(alarm, shift, scenario) : drawn!.byAlarm[drawable.indexOf(alarm)]!),
    );
    return { chances, together: drawn?.together ?? Math.max(...chances) };
  };
  const bad = BAD.map((share) => stopping(share, 0));
  const good = BACKGROUND.map((share) => stopping(share, share));
  const picked = (pick: (scenario: ReturnType<typeof stopping>) => number): Chances => ({
    stopsBad: bad.map(pick),
    stopsGood: good.map(pick),
  });
  return {
    alarms: alarms.map((_, index) => picked(({ chances }) => chances[index]!)),
    ...(alarms.length > 1 && { together: picked(({ together }) => together) }),
  };
}

function chanceOf({ rule, sensor }: DrawnAlarm, shift: Shift, scenario: Scenario): number {
  if (isSummed(sensor)) return chanceToStop(sensor, rule, shift, scenario);
  return drawReleases([{ rule, sensor }], shift, scenario).byAlarm[0]!;
}
