import type { Alarm } from '../alarm';
import { newTraffic, type Shift } from '../shift';
import type { Canary, Subject } from '../subject';
import { inAlarm, type PointKind, type Rule, rangeOf } from './evaluation';
import { NotComputed } from './expression';
import { type Requests, type Sensor, sensorOf } from './requests';

/** Shares of its requests that a bad release fails, and that both versions of a good one fail. */
export const BAD: readonly number[] = [0.001, 0.01, 0.05, 0.2, 1];
export const BACKGROUND: readonly number[] = [0, 0.001, 0.01];

/** What an alarm is worth to a canary. */
export type Power =
  | {
      readonly type: 'computed';
      /** chance to stop a release, one for each of {@link BAD} */
      readonly stopsBad: readonly number[];
      /** chance to stop a good release, one for each of {@link BACKGROUND} */
      readonly stopsGood: readonly number[];
    }
  | { readonly type: 'not computed'; readonly why: string };

/** A release to compute the chance for. */
export interface Scenario {
  /** Requests a second that the function answers. */
  readonly requestsPerSecond: number;
  /** Shares of requests that fail, 0 to 1. */
  readonly newFails: number;
  readonly oldFails: number;
}

export function powerOf({ template }: Subject, canary: Canary, alarm: Alarm): Power {
  const { requestsPerSecond, shift } = canary;
  try {
    if (!shift) throw new NotComputed('the deployment configuration is not known');
    if (shift.seconds === 0) throw new NotComputed(`${shift.name} leaves no time to stop anything`);
    const sensor = sensorOf(template, canary, alarm);
    if (requestsPerSecond === undefined) throw new NotComputed('no traffic is declared; write it into traffic.json');
    if (requestsPerSecond === 0) throw new NotComputed('the declared traffic has no request for it');
    const chance = (newFails: number, oldFails: number) =>
      chanceToStop(sensor, alarm, shift, { requestsPerSecond, newFails, oldFails });
    return {
      type: 'computed',
      stopsBad: BAD.map((share) => chance(share, 0)),
      stopsGood: BACKGROUND.map((share) => chance(share, share)),
    };
  } catch (error) {
    if (!(error instanceof NotComputed)) throw error;
    return { type: 'not computed', why: error.message };
  }
}

/** Seconds. Of AWS's timing, published or inferred; docs/fidelity.md says which. */
const PERIOD = 60;
/** From the end of a minute until its metrics are seen. */
const PUBLISHING = 15;
/** Between two looks of CodeDeploy at its alarms. */
const POLLING = 10;

/** Where in its minute the shift begins is as good as random: so many instants stand for all. */
const OFFSETS = [5, 15, 25, 35, 45, 55];
/** The second of the minute at which CloudWatch evaluates the alarm is too. */
const PHASES = Array.from({ length: PERIOD }, (_, second) => second + 0.5);
const LAGS = [1, 3, 5, 7, 9].map((second) => (second * POLLING) / 10);
/** Periods that a look goes back. 3 ** 10 histories are the most that are kept apart. */
const LONGEST_RANGE = 10;

/**
 * The chance that an alarm stops a shift: that it is in ALARM when CodeDeploy begins, or goes there and is seen before
 * the last of the traffic is shifted.
 *
 * The periods of a Poisson process are independent, so the alarm's history is a Markov chain over what its last periods
 * said; its distribution is carried from minute to minute, and what is in ALARM leaves it.
 *
 * @throws NotComputed
 */
export function chanceToStop(sensor: Sensor, alarm: Rule, shift: Shift, scenario: Scenario): number {
  const range = rangeOf(alarm.evaluationPeriods);
  if (range > LONGEST_RANGE)
    throw new NotComputed(`it evaluates ${alarm.evaluationPeriods} periods, more than ${LONGEST_RANGE - 2}`);
  const chances = OFFSETS.map((offset) => chanceFrom(offset, sensor, alarm, shift, scenario));
  return chances.reduce((sum, each) => sum + each, 0) / chances.length;
}

function chanceFrom(offset: number, sensor: Sensor, alarm: Rule, shift: Shift, scenario: Scenario): number {
  const range = rangeOf(alarm.evaluationPeriods);
  const last = Math.ceil((shift.seconds + offset) / PERIOD);
  const first = -range - 1;
  const known = new Map<string, Odds>();
  const odds = Array.from({ length: last - first + 1 }, (_, index) => {
    const from = (first + index) * PERIOD - offset;
    const means = meansOf(newTraffic(shift, from, from + PERIOD), scenario);
    const key = means.newFailed + means.newFine;
    const id = String(Math.round(key * 1e9));
    const found = known.get(id) ?? sensor.odds(means);
    known.set(id, found);
    return found;
  });
  const runs = new Map<string, readonly number[]>();
  let sum = 0;
  for (const phase of PHASES) {
    const unseen = phase < PUBLISHING;
    // The look that decides the state in which the shift finds the alarm: the last one before it.
    const start = phase <= offset ? -1 : -2;
    const id = `${unseen} ${start}`;
    const stopped = runs.get(id) ?? run(odds, first, start, unseen, alarm);
    runs.set(id, stopped);
    for (const lag of LAGS) {
      // Looks are at (period + 1) * PERIOD - offset + phase; the last one in time, or the one before the shift.
      const inTime = Math.floor((shift.seconds - lag - phase + offset) / PERIOD) - 1;
      sum += stopped[Math.max(start, inTime) - first] ?? 0;
    }
  }
  return sum / (PHASES.length * LAGS.length);
}

type Odds = ReturnType<Sensor['odds']>;

function meansOf(newSeconds: number, { requestsPerSecond, newFails, oldFails }: Scenario): Requests {
  const requests = requestsPerSecond * newSeconds;
  const others = requestsPerSecond * (PERIOD - newSeconds);
  return {
    newFailed: requests * newFails,
    newFine: requests * (1 - newFails),
    oldFailed: others * oldFails,
    oldFine: others * (1 - oldFails),
  };
}

/** Histories less likely than this are left out. */
const NEGLIGIBLE = 1e-13;
const KINDS: readonly PointKind[] = ['missing', 'fine', 'breaching'];

/**
 * @param odds of every period
 * @param first number of the first period
 * @param start number of the period after which ALARM first counts
 * @param unseen whether a look comes before the newest minute's metrics are seen
 * @returns after each period, the chance that the alarm has stopped the shift
 */
function run(odds: readonly Odds[], first: number, start: number, unseen: boolean, rule: Rule): readonly number[] {
  const range = rangeOf(rule.evaluationPeriods);
  const histories = 3 ** range;
  // A state is the kinds of the last periods, as the digits of a number, and whether the alarm is in ALARM.
  let states = new Float64Array(histories * 2);
  states[0] = 1;
  let reached = [0];
  const verdicts = new Int8Array(histories * 2).fill(-1);
  const stopped: number[] = [];
  let gone = 0;
  for (const [index, { missing, fine, breaching }] of odds.entries()) {
    const next = new Float64Array(histories * 2);
    const shares = [missing, fine, breaching];
    const following: number[] = [];
    for (const state of reached) {
      const probability = states[state]!;
      const before = state % 2;
      for (let kind = 0; kind < 3; kind += 1) {
        const mass = probability * shares[kind]!;
        if (mass < NEGLIGIBLE) continue;
        const now = (((state - before) / 2) * 3 + kind) % histories;
        const key = now * 2 + before;
        if (verdicts[key] === -1) verdicts[key] = Number(judged(now, range, unseen, rule, before === 1));
        const alarmed = verdicts[key]!;
        if (alarmed === 1 && first + index >= start) gone += mass;
        else {
          if (next[now * 2 + alarmed] === 0) following.push(now * 2 + alarmed);
          next[now * 2 + alarmed]! += mass;
        }
      }
    }
    states = next;
    reached = following;
    stopped.push(gone);
  }
  return stopped;
}

function judged(history: number, range: number, unseen: boolean, rule: Rule, before: boolean): boolean {
  const points: PointKind[] = [];
  for (let rest = history, age = 0; age < range; age += 1, rest = Math.floor(rest / 3))
    points.unshift(KINDS[rest % 3]!);
  // The newest minute is over, but its metrics are not there yet.
  if (unseen) points[range - 1] = 'missing';
  return inAlarm(points, rule, before);
}
