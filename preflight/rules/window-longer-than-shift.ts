import type { Problem, Rule } from './rule';
import { attachedAlarms, DEFINITION, duration, viewsOf } from './words';

/**
 * Seconds of a shift that no alarm can use: up to a minute until its first whole period begins, and up to 75 s until the
 * last is seen (docs/fidelity.md, "CloudWatch").
 */
const LOST = 135;

/** Of a window that slides by the minute, what a bad version needs to fill: one minute can be enough. */
const MINUTE = 60;

/** An alarm that needs more minutes of bad traffic than the shift gives it, or sees more than the shift. */
export const windowLongerThanShift = {
  id: 'window-longer-than-shift',
  find: (subject) =>
    attachedAlarms(subject).flatMap(({ canary, alarm }): readonly Problem[] => {
      const { shift } = canary;
      if (!shift || shift.seconds === 0) return [];
      const where = { function: canary.key, alarm: alarm.name };
      // Datapoints of one look stand for windows that follow one another; the newest may be bad for a minute only.
      const needed = (alarm.datapointsToAlarm - 1) * alarm.period + MINUTE;
      if (needed + LOST > shift.seconds) {
        const never = needed >= shift.seconds;
        const tight = `only ${duration(shift.seconds)} long, of which up to ${LOST} s are lost until whole minutes begin and are seen`;
        return [
          {
            severity: never ? 'error' : 'warning',
            where: { path: `${alarm.path}.EvaluationPeriods`, ...where },
            why: `The alarm goes off once it has seen ${duration(needed)} of bad traffic, and ${shift.name} is ${never ? `over after ${duration(shift.seconds)}: everybody has the new version before it can` : tight}.`,
            fix: `write fewer datapointsToAlarm or a shorter period in ${DEFINITION}, or a longer deploymentSettings.type`,
          },
        ];
      }
      const seesOld = viewsOf(subject, canary, alarm).some(({ type }) => type === 'both versions' || type === 'api');
      if (alarm.period <= shift.seconds || !seesOld) return [];
      return [
        {
          severity: 'warning',
          where: { path: `${alarm.path}.${alarm.watched.type === 'metric' ? 'Period' : 'Metrics'}`, ...where },
          why: `Its window of ${duration(alarm.period)} is longer than ${shift.name} (${duration(shift.seconds)}), so it always counts requests from before the shift: errors that were over by then weigh on the release.`,
          fix: `write period: ${Math.max(MINUTE, Math.floor(shift.seconds / MINUTE) * MINUTE)} or less in ${DEFINITION}`,
        },
      ];
    }),
} as const satisfies Rule;
