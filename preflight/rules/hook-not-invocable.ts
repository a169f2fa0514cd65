import { keyOf } from '../subject';
import { text } from '../template/intrinsics';
import { allows, rightsOf } from '../template/policy';
import type { PreflightRule, RuleProblem } from './rule';

/** A hook that CodeDeploy's role may not invoke. AWS's policies for it allow only functions named `CodeDeployHook_…`. */
export const hookNotInvocable = {
  id: 'hook-not-invocable',
  find: ({ canaries, template }) =>
    canaries.flatMap(({ hooks, group, key }) =>
      hooks.flatMap(({ functionId }): readonly RuleProblem[] => {
        const rights = rightsOf(template, group.Properties.ServiceRoleArn);
        if (functionId === undefined || !rights) return [];
        const name = text(template.Resources[functionId]!.Properties.FunctionName ?? { Ref: functionId });
        const arns = ['aws', `\${AWS::Partition}`].flatMap((partition) =>
          [name, `\${${functionId}}`].map(
            (each) => `arn:${partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${each}`,
          ),
        );
        const allowed = allows(rights, 'lambda:InvokeFunction', [`\${${functionId}.Arn}`, ...arns]);
        if (allowed !== false) return [];
        return [
          {
            severity: 'error',
            where: { path: `Resources.${rights.roleId}.Properties`, function: key },
            why: `CodeDeploy’s role may not invoke ${keyOf(functionId)}, so the lifecycle event fails and every release is rolled back.`,
            fix: `allow lambda:InvokeFunction on !GetAtt ${functionId}.Arn in the role of custom.deploymentSettings.codeDeployRole, or name the function CodeDeployHook_…`,
          },
        ];
      }),
    ),
} as const satisfies PreflightRule;
