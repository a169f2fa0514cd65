import { evaluationRange } from '../../aws-rules/alarm-evaluation';
import { newTraffic, type Shift } from '../shift';
import { isInAlarm, type PointKind, type TemplateAlarmRule } from './alarm-state';
import { meansOf, type Scenario } from './scenario';
import type { PeriodOdds, SummedSensor } from './sensor';
import { LAGS, MINUTE, OFFSETS, PHASES, PUBLISHING } from './timing';

/**
 * Computes the chance that an alarm of one-minute periods stops a shift: that it is in ALARM when CodeDeploy begins, or
 * that CodeDeploy reads it in ALARM before the last of the traffic is shifted.
 *
 * The minutes of a Poisson process are independent, so the datapoints of the evaluation range are a Markov chain. Their
 * distribution is carried from minute to minute, and histories in ALARM leave it.
 *
 * @returns A probability, 0 to 1.
 */
export function chanceToStop(sensor: SummedSensor, rule: TemplateAlarmRule, shift: Shift, scenario: Scenario): number {
  const chances = OFFSETS.map((offset) => chanceFrom(offset, sensor, rule, shift, scenario));
  return chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
}

/** @param offset Second of the minute in which the shift begins. */
function chanceFrom(
  offset: number,
  sensor: SummedSensor,
  rule: TemplateAlarmRule,
  shift: Shift,
  scenario: Scenario,
): number {
  const range = evaluationRange(rule.evaluationPeriods);
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
    const isUnseen = phase < PUBLISHING;
    // The last evaluation before the shift decides the state in which the shift finds the alarm.
    const start = phase <= offset ? -1 : -2;
    const id = `${isUnseen} ${start}`;
    const stopped = runs.get(id) ?? run(odds, first, start, isUnseen, rule);
    runs.set(id, stopped);
    for (const lag of LAGS) {
      // Evaluations are at (period + 1) * MINUTE - offset + phase: the last one in time, or the one before the shift.
      const inTime = Math.floor((shift.seconds - lag - phase + offset) / MINUTE) - 1;
      sum += stopped[Math.max(start, inTime) - first] ?? 0;
    }
  }
  return sum / (PHASES.length * LAGS.length);
}

/** Histories with a lower probability are left out. */
const NEGLIGIBLE = 1e-13;

/** The digits 0, 1 and 2 of a history. */
const KINDS: readonly PointKind[] = ['missing', 'fine', 'breaching'];

/**
 * @param odds Odds of every period.
 * @param first Number of the first period.
 * @param start Number of the period after which ALARM first counts.
 * @param isUnseen Whether the alarm is evaluated before the metrics of the newest minute are visible.
 * @returns The chance that the alarm has stopped the shift, after each period.
 */
function run(
  odds: readonly PeriodOdds[],
  first: number,
  start: number,
  isUnseen: boolean,
  rule: TemplateAlarmRule,
): readonly number[] {
  const range = evaluationRange(rule.evaluationPeriods);
  const histories = 3 ** range;
  // A state is the kinds of the last datapoints, as the digits of a number, and whether the alarm is in ALARM.
  let states = new Float64Array(histories * 2);
  states[0] = 1;
  let reached = [0];
  const evaluated = new Int8Array(histories * 2).fill(-1);
  const stopped: number[] = [];
  let stoppedSoFar = 0;
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
        if (evaluated[key] === -1) evaluated[key] = Number(isInAlarmAfter(now, range, isUnseen, rule, before === 1));
        const after = evaluated[key]!;
        if (after === 1 && first + index >= start) stoppedSoFar += mass;
        else {
          if (next[now * 2 + after] === 0) following.push(now * 2 + after);
          next[now * 2 + after]! += mass;
        }
      }
    }
    states = next;
    reached = following;
    stopped.push(stoppedSoFar);
  }
  return stopped;
}

/** @param history Kinds of the datapoints of the evaluation range, as the digits of a number, newest last. */
function isInAlarmAfter(
  history: number,
  range: number,
  isUnseen: boolean,
  rule: TemplateAlarmRule,
  before: boolean,
): boolean {
  const points: PointKind[] = [];
  for (let rest = history, age = 0; age < range; age += 1, rest = Math.floor(rest / 3))
    points.unshift(KINDS[rest % 3]!);
  // The newest minute is over, but its metrics are not visible yet.
  if (isUnseen) points[range - 1] = 'missing';
  return isInAlarm(points, rule, before);
}
