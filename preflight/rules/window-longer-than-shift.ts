import { attachedAlarms } from '../subject';
import { viewsOf } from '../view';
import { DEFINITION, duration } from './phrases';
import type { PreflightRule, RuleProblem } from './rule';

/**
 * Seconds of a shift that no alarm can use: up to a minute until its first whole period begins, and up to 75 s until the
 * last one is visible (docs/fidelity.md, "CloudWatch").
 */
const LOST = 135;

/** Seconds of bad traffic that can be enough for one datapoint, whose window slides by the minute. */
const MINUTE = 60;

/** An alarm that needs more bad traffic than the shift has, or whose window reaches back before the shift. */
export const windowLongerThanShift = {
  id: 'window-longer-than-shift',
  find: (subject) =>
    attachedAlarms(subject).flatMap(({ canary, alarm }): readonly RuleProblem[] => {
      const { shift } = canary;
      if (!shift || shift.seconds === 0) return [];
      const where = { function: canary.key, alarm: alarm.name };
      // The windows of one evaluation follow one another; of the newest, one minute may be enough.
      const needed = (alarm.datapointsToAlarm - 1) * alarm.period + MINUTE;
      if (needed + LOST > shift.seconds) {
        const never = needed >= shift.seconds;
        const end = never
          ? `is over after ${duration(shift.seconds)}: the new version has all traffic before that`
          : `takes only ${duration(shift.seconds)}, of which up to ${LOST} s pass until whole minutes begin and become visible`;
        return [
          {
            severity: never ? 'error' : 'warning',
            where: { path: `${alarm.path}.EvaluationPeriods`, ...where },
            why: `The alarm goes into ALARM after ${duration(needed)} of bad traffic, but ${shift.name} ${end}.`,
            fix: `write fewer datapointsToAlarm or a shorter period in ${DEFINITION}, or a longer deploymentSettings.type`,
          },
        ];
      }
      const countsOld = viewsOf(subject, canary, alarm).some(({ type }) => type === 'both versions' || type === 'api');
      if (alarm.period <= shift.seconds || !countsOld) return [];
      return [
        {
          severity: 'warning',
          where: { path: `${alarm.path}.${alarm.watched.type === 'metric' ? 'Period' : 'Metrics'}`, ...where },
          why: `Its window of ${duration(alarm.period)} is longer than ${shift.name} (${duration(shift.seconds)}), so it always counts requests from before the shift: earlier errors stop the release.`,
          fix: `write period: ${Math.max(MINUTE, Math.floor(shift.seconds / MINUTE) * MINUTE)} or less in ${DEFINITION}`,
        },
      ];
    }),
} as const satisfies PreflightRule;
