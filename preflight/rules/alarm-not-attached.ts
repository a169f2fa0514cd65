import { viewsOf } from '../view';
import type { PreflightRule, RuleProblem } from './rule';

/** An alarm about a canaried function that no deployment group watches. */
export const alarmNotAttached = {
  id: 'alarm-not-attached',
  find: (subject) => {
    const attached = new Set(
      subject.canaries.flatMap((canary) => canary.attached.map(({ alarm, meant }) => alarm ?? meant)),
    );
    return subject.alarms
      .filter((alarm) => !attached.has(alarm))
      .flatMap((alarm): readonly RuleProblem[] => {
        const canary = subject.canaries.find((each) =>
          viewsOf(subject, each, alarm).some(({ type }) => type !== 'other'),
        );
        if (!canary) return [];
        return [
          {
            severity: 'warning',
            where: { path: `Resources.${alarm.id}`, function: canary.key, alarm: alarm.name },
            why: `It watches ${canary.key}, but no deployment group names it: when it goes into ALARM, the release continues.`,
            fix: `add ${alarm.id} to functions.${canary.key}.deploymentSettings.alarms`,
          },
        ];
      });
  },
} as const satisfies PreflightRule;
