import { xoroshiro128plus } from 'pure-rand';
import { evaluationRange } from '../../aws-rules/alarm-evaluation';
import type { Shift } from '../shift';
import { Looks, looksBefore, NEVER, type Red, type Watcher } from './looks';
import { Minutes } from './minutes';
import type { Scenario } from './scenario';
import { LAGS, MINUTE, OFFSETS, PHASES, PUBLISHING } from './timing';

/** What became of the drawn releases. */
export interface Drawn {
  /** shares of the releases that each of the alarms stopped, in their order */
  readonly each: readonly number[];
  /** share that at least one of them stopped */
  readonly together: number;
}

/** How many releases are drawn: so many hold a share to ±1 percentage point in 95 of 100 cases. */
export const RELEASES = 10_200;

/** As many are enough where until then all were stopped, or none: a share below 0.1 % is told as that. */
const ENOUGH_IF_PLAIN = 3_600;

/** The same every time, so that a table changes only when the service does. */
const SEED = 20_090_501;

/**
 * Draws releases, minute by minute, and looks at alarms as CloudWatch does. Needed where windows overlap: a period of
 * five minutes slides by the minute, so what one look sees is for the most part what the last one saw.
 *
 * Only requests are drawn. When in its minute an alarm is evaluated, and when CodeDeploy reads it, is averaged over for
 * each release, which makes the estimate better than its number of releases says.
 */
export function drawReleases(watchers: readonly Watcher[], shift: Shift, scenario: Scenario): Drawn {
  const random = xoroshiro128plus(SEED);
  const beginnings = OFFSETS.map((offset) => beginningAt(offset, watchers, shift, scenario));
  const each = watchers.map(() => 0);
  let together = 0;
  let drawn = 0;
  const isPlain = () => [...each, together].every((sum) => sum === 0 || sum >= 0.9999 * drawn);
  while (drawn < RELEASES && !(drawn >= ENOUGH_IF_PLAIN && isPlain())) {
    for (const { minutes, looks, moments } of beginnings) {
      minutes.draw(random);
      drawn += 1;
      // Given the requests, alarms differ only in when they are evaluated: chances of independent events.
      let passes: number[] | undefined;
      for (let index = 0; index < looks.length; index += 1) {
        const alarm = looks[index]!;
        alarm.forget();
        const [seen, unseen] = [alarm.red(false), alarm.red(true)];
        if (seen === NEVER && unseen === NEVER) continue;
        passes ??= LAGS.map(() => 1);
        for (const [lag, stop] of shareOfMoments(moments, seen, unseen).entries()) {
          each[index]! += stop / LAGS.length;
          passes[lag]! *= 1 - stop;
        }
      }
      for (const pass of passes ?? []) together += (1 - pass) / LAGS.length;
    }
  }
  return { each: each.map((sum) => sum / drawn), together: together / drawn };
}

/** What is looked at of releases whose shift begins so many seconds into a minute. */
function beginningAt(offset: number, watchers: readonly Watcher[], shift: Shift, scenario: Scenario) {
  const past = Math.max(...watchers.map(({ rule }) => minutesBefore(rule, evaluationRange(rule.evaluationPeriods))));
  // Without missing data an alarm looks no further; most of the past is never needed.
  const near = Math.max(...watchers.map(({ rule }) => minutesBefore(rule, rule.evaluationPeriods)));
  const last = Math.ceil((shift.seconds + offset) / MINUTE);
  const minutes = new Minutes(-past, last, -near, offset, shift, scenario);
  return {
    minutes,
    looks: watchers.map((watcher) => new Looks(watcher, minutes)),
    moments: momentsOf(offset, shift.seconds),
  };
}

/** @returns minutes before the shift that an alarm's looks can see, if it goes back so many periods */
function minutesBefore({ evaluationPeriods, treatMissingData, period }: Watcher['rule'], periods: number): number {
  return periods * (period / MINUTE) + looksBefore(evaluationRange(evaluationPeriods), treatMissingData);
}

/** Moments of a minute at which an alarm is evaluated that come to the same. */
interface Moment {
  readonly unseen: boolean;
  /** number of the minute of the last look before the shift, -1 or -2 */
  readonly start: number;
  /** of the last look in time */
  readonly last: number;
  /** index of CodeDeploy's lag */
  readonly lag: number;
  share: number;
}

function momentsOf(offset: number, seconds: number): readonly Moment[] {
  const known = new Map<string, Moment>();
  for (const phase of PHASES) {
    const start = phase <= offset ? -1 : -2;
    for (const [lag, after] of LAGS.entries()) {
      const last = Math.max(start, Math.floor((seconds - after - phase + offset) / MINUTE) - 1);
      const unseen = phase < PUBLISHING;
      const id = `${unseen} ${start} ${last} ${lag}`;
      const moment = known.get(id) ?? { unseen, start, last, lag, share: 0 };
      moment.share += 1 / PHASES.length;
      known.set(id, moment);
    }
  }
  return [...known.values()];
}

/** @returns for each lag, the share of moments at which a red look is in time */
function shareOfMoments(moments: readonly Moment[], seen: Red, unseen: Red): readonly number[] {
  const shares = LAGS.map(() => 0);
  for (const moment of moments) {
    const red = moment.unseen ? unseen : seen;
    if ((moment.start === -2 ? red.fromTwo : red.fromOne) <= moment.last) shares[moment.lag]! += moment.share;
  }
  return shares.map((share) => Math.min(1, share));
}
