import { target, text } from '../template/intrinsics';
import type { Problem, Rule } from './rule';

/**
 * A deployment group that names an alarm which the template does not have. A reference to nothing fails the deployment;
 * a name of nothing makes CodeDeploy poll an alarm that is not there.
 */
export const alarmWrongName = {
  id: 'alarm-wrong-name',
  find: (subject) =>
    subject.canaries.flatMap((canary) =>
      canary.attached.flatMap(({ alarm, meant, name, path }): readonly Problem[] => {
        const reference = target(name);
        const other = reference === undefined ? undefined : subject.template.Resources[reference];
        const known = reference !== undefined && (other !== undefined || reference in subject.template.Parameters);
        if (alarm || known) return [];
        const said = reference ?? text(name);
        const dangling = reference !== undefined;
        return [
          {
            severity: dangling || meant ? 'error' : 'warning',
            where: { path, function: canary.key, alarm: said },
            why: dangling
              ? `No alarm of the template has the logical id ${said}: CloudFormation refuses the reference, and until it is mended no alarm watches in its place.`
              : `No alarm of the template has the name ${said}: unless another stack makes it, CodeDeploy polls an alarm that does not exist, and never hears of the one that does.`,
            fix: meant
              ? `write ${meant.id} in functions.${canary.key}.deploymentSettings.alarms, the logical id that serverless-plugin-aws-alerts makes of function, definition and "Alarm"`
              : `write the logical id of an alarm of this template in functions.${canary.key}.deploymentSettings.alarms; an alarm of another stack goes in as { name: … }`,
          },
        ];
      }),
    ),
} as const satisfies Rule;
