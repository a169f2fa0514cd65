import { xoroshiro128plus } from 'pure-rand';
import { evaluationRange } from '../../aws-rules/alarm-evaluation';
import type { Shift } from '../shift';
import { AlarmTimeline, type DrawnAlarm, evaluationsBefore, type FirstInAlarm, NEVER } from './alarm-timeline';
import { Minutes } from './minutes';
import type { Scenario } from './scenario';
import { LAGS, MINUTE, OFFSETS, PHASES, PUBLISHING } from './timing';

/** Shares of the drawn releases that were stopped, 0 to 1. */
interface StoppedShares {
  /** Share that each alarm stopped, in the order of the alarms. */
  readonly byAlarm: readonly number[];
  /** Share that at least one of them stopped. */
  readonly together: number;
}

/** Number of drawn releases: enough for a share to be within ±1 percentage point in 95 of 100 cases. */
export const RELEASES = 10_200;

/** Enough where until then all were stopped, or none: a share below 0.1 % is printed as `<0.1 %`. */
const ENOUGH_IF_PLAIN = 3_600;

/** The seed is fixed, so that a table changes only when the service does. */
const SEED = 20_090_501;

/**
 * Draws releases, minute by minute, and evaluates alarms as CloudWatch does. This is needed where windows overlap: a
 * period of five minutes slides by the minute, so consecutive evaluations see mostly the same requests.
 *
 * Only the requests are drawn. The second in which an alarm is evaluated and the time until CodeDeploy reads it are
 * averaged over for each release, which makes the estimate better than the number of releases suggests.
 */
export function drawReleases(alarms: readonly DrawnAlarm[], shift: Shift, scenario: Scenario): StoppedShares {
  const random = xoroshiro128plus(SEED);
  const beginnings = OFFSETS.map((offset) => beginningAt(offset, alarms, shift, scenario));
  const byAlarm = alarms.map(() => 0);
  let together = 0;
  let drawn = 0;
  const isPlain = () => [...byAlarm, together].every((sum) => sum === 0 || sum >= 0.9999 * drawn);
  while (drawn < RELEASES && !(drawn >= ENOUGH_IF_PLAIN && isPlain())) {
    for (const { minutes, timelines, moments } of beginnings) {
      minutes.draw(random);
      drawn += 1;
      // Given the requests, alarms differ only in when they are evaluated: their chances are independent.
      let passes: number[] | undefined;
      for (let index = 0; index < timelines.length; index += 1) {
        const timeline = timelines[index]!;
        timeline.reset();
        const [seen, unseen] = [timeline.firstInAlarm(false), timeline.firstInAlarm(true)];
        if (seen === NEVER && unseen === NEVER) continue;
        passes ??= LAGS.map(() => 1);
        for (const [lag, stop] of shareOfMoments(moments, seen, unseen).entries()) {
          byAlarm[index]! += stop / LAGS.length;
          passes[lag]! *= 1 - stop;
        }
      }
      for (const pass of passes ?? []) together += (1 - pass) / LAGS.length;
    }
  }
  return { byAlarm: byAlarm.map((sum) => sum / drawn), together: together / drawn };
}

/** @returns What is drawn and evaluated for releases whose shift begins at that second of a minute. */
function beginningAt(offset: number, alarms: readonly DrawnAlarm[], shift: Shift, scenario: Scenario) {
  const past = Math.max(...alarms.map(({ rule }) => minutesBefore(rule, evaluationRange(rule.evaluationPeriods))));
  // Without missing data an alarm looks no further back; most of the past is never needed.
  const near = Math.max(...alarms.map(({ rule }) => minutesBefore(rule, rule.evaluationPeriods)));
  const last = Math.ceil((shift.seconds + offset) / MINUTE);
  const minutes = new Minutes(-past, last, -near, offset, shift, scenario);
  return {
    minutes,
    timelines: alarms.map((alarm) => new AlarmTimeline(alarm, minutes)),
    moments: momentsOf(offset, shift.seconds),
  };
}

/** @returns Minutes before the shift that an alarm can see, if it looks back over that number of periods. */
function minutesBefore({ evaluationPeriods, treatMissingData, period }: DrawnAlarm['rule'], periods: number): number {
  return periods * (period / MINUTE) + evaluationsBefore(evaluationRange(evaluationPeriods), treatMissingData);
}

/** Seconds of a minute in which evaluating an alarm has the same result. */
interface Moment {
  readonly isUnseen: boolean;
  /** Number of the minute of the last evaluation before the shift, -1 or -2. */
  readonly start: number;
  /** Number of the minute of the last evaluation in time. */
  readonly last: number;
  /** Index of CodeDeploy's lag. */
  readonly lag: number;
  share: number;
}

function momentsOf(offset: number, seconds: number): readonly Moment[] {
  const known = new Map<string, Moment>();
  for (const phase of PHASES) {
    const start = phase <= offset ? -1 : -2;
    for (const [lag, after] of LAGS.entries()) {
      const last = Math.max(start, Math.floor((seconds - after - phase + offset) / MINUTE) - 1);
      const isUnseen = phase < PUBLISHING;
      const id = `${isUnseen} ${start} ${last} ${lag}`;
      const moment = known.get(id) ?? { isUnseen, start, last, lag, share: 0 };
      moment.share += 1 / PHASES.length;
      known.set(id, moment);
    }
  }
  return [...known.values()];
}

/** @returns For each lag, the share of moments at which an alarm is in ALARM in time. */
function shareOfMoments(moments: readonly Moment[], seen: FirstInAlarm, unseen: FirstInAlarm): readonly number[] {
  const shares = LAGS.map(() => 0);
  for (const moment of moments) {
    const first = moment.isUnseen ? unseen : seen;
    if ((moment.start === -2 ? first.fromTwo : first.fromOne) <= moment.last) shares[moment.lag]! += moment.share;
  }
  return shares.map((share) => Math.min(1, share));
}
