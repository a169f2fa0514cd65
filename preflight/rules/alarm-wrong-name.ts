import { target, text } from '../template/intrinsics';
import type { PreflightRule, RuleProblem } from './rule';

/**
 * A deployment group that names an alarm which the template does not have. With a wrong reference the deployment fails; with
 * a wrong name CodeDeploy polls an alarm that does not exist.
 */
export const alarmWrongName = {
  id: 'alarm-wrong-name',
  find: (subject) =>
    subject.canaries.flatMap((canary) =>
      canary.attached.flatMap(({ alarm, meant, name, path }): readonly RuleProblem[] => {
        const reference = target(name);
        const other = reference === undefined ? undefined : subject.template.Resources[reference];
        const known = reference !== undefined && (other !== undefined || reference in subject.template.Parameters);
        if (alarm || known) return [];
        const written = reference ?? text(name);
        const dangling = reference !== undefined;
        return [
          {
            severity: dangling || meant ? 'error' : 'warning',
            where: { path, function: canary.key, alarm: written },
            why: dangling
              ? `The template has no alarm with the logical id ${written}: CloudFormation refuses the reference, so the deployment fails.`
              : `The template has no alarm with the name ${written}: unless another stack creates it, CodeDeploy polls an alarm that does not exist, and watches none instead.`,
            fix: meant
              ? `write ${meant.id} in functions.${canary.key}.deploymentSettings.alarms: serverless-plugin-aws-alerts makes this logical id from the function, the definition and "Alarm"`
              : `write the logical id of an alarm of this template in functions.${canary.key}.deploymentSettings.alarms; write an alarm of another stack as { name: … }`,
          },
        ];
      }),
    ),
} as const satisfies PreflightRule;
