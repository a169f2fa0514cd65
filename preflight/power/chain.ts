import { evaluationRange } from '../../aws-rules/alarm-evaluation';
import { newTraffic, type Shift } from '../shift';
import { isInAlarm, type PointKind, type TemplateAlarmRule } from './alarm-state';
import { meansOf, type Scenario } from './scenario';
import type { PeriodOdds, SummedSensor } from './sensor';
import { LAGS, MINUTE, OFFSETS, PHASES, PUBLISHING } from './timing';

/**
 * The chance that an alarm of one-minute periods stops a shift: that it is in ALARM when CodeDeploy begins, or goes there
 * and is seen before the last of the traffic is shifted.
 *
 * The minutes of a Poisson process are independent, so the alarm's history is a Markov chain over what its last periods
 * said; its distribution is carried from minute to minute, and what is in ALARM leaves it.
 */
export function chanceToStop(sensor: SummedSensor, alarm: TemplateAlarmRule, shift: Shift, scenario: Scenario): number {
  const chances = OFFSETS.map((offset) => chanceFrom(offset, sensor, alarm, shift, scenario));
  return chances.reduce((sum, each) => sum + each, 0) / chances.length;
}

function chanceFrom(
  offset: number,
  sensor: SummedSensor,
  alarm: TemplateAlarmRule,
  shift: Shift,
  scenario: Scenario,
): number {
  const range = evaluationRange(alarm.evaluationPeriods);
  const last = Math.ceil((shift.seconds + offset) / MINUTE);
  const first = -range - 1;
  const known = new Map<string, PeriodOdds>();
  const odds = Array.from({ length: last - first + 1 }, (_, index) => {
    const from = (first + index) * MINUTE - offset;
    const means = meansOf(newTraffic(shift, from, from + MINUTE), scenario);
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
      // Looks are at (period + 1) * MINUTE - offset + phase; the last one in time, or the one before the shift.
      const inTime = Math.floor((shift.seconds - lag - phase + offset) / MINUTE) - 1;
      sum += stopped[Math.max(start, inTime) - first] ?? 0;
    }
  }
  return sum / (PHASES.length * LAGS.length);
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
function run(
  odds: readonly PeriodOdds[],
  first: number,
  start: number,
  unseen: boolean,
  rule: TemplateAlarmRule,
): readonly number[] {
  const range = evaluationRange(rule.evaluationPeriods);
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

function judged(history: number, range: number, unseen: boolean, rule: TemplateAlarmRule, before: boolean): boolean {
  const points: PointKind[] = [];
  for (let rest = history, age = 0; age < range; age += 1, rest = Math.floor(rest / 3))
    points.unshift(KINDS[rest % 3]!);
  // The newest minute is over, but its metrics are not there yet.
  if (unseen) points[range - 1] = 'missing';
  return isInAlarm(points, rule, before);
}
