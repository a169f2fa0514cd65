import type { Problem, Rule } from '../finding';
import { attachedAlarms, DEFINITION, duration } from './words';

/**
 * Seconds of a shift that no alarm can use: up to a minute until its first whole period begins, and up to 75 s until the
 * last is seen (docs/fidelity.md, "CloudWatch").
 */
const LOST = 135;

/** An alarm that needs more minutes of bad traffic than the shift gives it. */
export const windowLongerThanShift = {
  id: 'window-longer-than-shift',
  find: (subject) =>
    attachedAlarms(subject).flatMap(({ canary, alarm }): readonly Problem[] => {
      const { shift } = canary;
      const needed = alarm.datapointsToAlarm * alarm.period;
      if (!shift || shift.seconds === 0 || needed + LOST <= shift.seconds) return [];
      const never = needed >= shift.seconds;
      const tight = `only ${duration(shift.seconds)} long, of which up to ${LOST} s are lost until whole periods begin and are seen`;
      return [
        {
          severity: never ? 'error' : 'warning',
          where: { path: `${alarm.path}.EvaluationPeriods`, function: canary.key, alarm: alarm.name },
          why: `The alarm goes off after ${duration(needed)} of breaching periods, and ${shift.name} is ${never ? `over after ${duration(shift.seconds)}: everybody has the new version before it can` : tight}.`,
          fix: `write fewer datapointsToAlarm or a shorter period in ${DEFINITION}, or a longer deploymentSettings.type`,
        },
      ];
    }),
} as const satisfies Rule;
