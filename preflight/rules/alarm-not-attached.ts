import type { Problem, Rule } from './rule';
import { viewsOf } from './words';

/** An alarm about a canaried function that no deployment group watches. */
export const alarmNotAttached = {
  id: 'alarm-not-attached',
  find: (subject) => {
    const attached = new Set(
      subject.canaries.flatMap((canary) => canary.attached.map(({ alarm, meant }) => alarm ?? meant)),
    );
    return subject.alarms
      .filter((alarm) => !attached.has(alarm))
      .flatMap((alarm): readonly Problem[] => {
        const canary = subject.canaries.find((each) =>
          viewsOf(subject, each, alarm).some(({ type }) => type !== 'other'),
        );
        if (!canary) return [];
        return [
          {
            severity: 'warning',
            where: { path: `Resources.${alarm.id}`, function: canary.key, alarm: alarm.name },
            why: `It watches ${canary.key}, but no deployment group names it: when it goes off, the release goes on.`,
            fix: `add ${alarm.id} to functions.${canary.key}.deploymentSettings.alarms`,
          },
        ];
      });
  },
} as const satisfies Rule;
