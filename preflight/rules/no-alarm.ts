import { at, listOf } from '../template/template';
import type { PreflightRule, RuleProblem } from './rule';

/** A canary that no alarm watches, or that an alarm stops without a rollback. */
export const noAlarm = {
  id: 'no-alarm',
  find: (subject) =>
    subject.canaries.flatMap((canary): readonly RuleProblem[] => {
      const { group, groupId, key, shift } = canary;
      if (shift?.seconds === 0) return [];
      const path = `Resources.${groupId}.Properties.AlarmConfiguration`;
      const configuration = group.Properties.AlarmConfiguration;
      const watches = canary.attached.length > 0 && String(at(configuration, 'Enabled') ?? true) !== 'false';
      if (!watches) {
        return [
          {
            severity: 'error',
            where: { path, function: key },
            why: `No alarm watches the shift of ${key}: whatever the new version does, it gets all traffic in the end.`,
            fix: `write functions.${key}.deploymentSettings.alarms with the logical ids of alarms on the new version`,
          },
        ];
      }
      const rollback = group.Properties.AutoRollbackConfiguration;
      const rollsBack =
        String(at(rollback, 'Enabled')) === 'true' &&
        listOf(at(rollback, 'Events')).includes('DEPLOYMENT_STOP_ON_ALARM');
      if (rollsBack) return [];
      return [
        {
          severity: 'error',
          where: { path: `Resources.${groupId}.Properties.AutoRollbackConfiguration`, function: key },
          why: 'An alarm stops the shift, but nothing rolls it back: the alias stays split between two versions, and the next release fails.',
          fix: 'write AutoRollbackConfiguration with Enabled: true and the event DEPLOYMENT_STOP_ON_ALARM, as serverless-plugin-canary-deployments does',
        },
      ];
    }),
} as const satisfies PreflightRule;
