import { type Canary, type Hook, keyOf } from '../subject';
import { text } from '../template/intrinsics';
import { allows, rightsOf } from '../template/policy';
import type { Template } from '../template/template';
import type { PreflightRule, RuleProblem } from './rule';

const REPORT = 'codedeploy:PutLifecycleEventHookExecutionStatus';
const PARTITION = `\${AWS::Partition}`;

/** A hook that may not report: CodeDeploy waits an hour for it and then fails (CodeDeploy guide; canary plugin, issue 93). */
export const hookPermission = {
  id: 'hook-permission',
  find: ({ canaries, template }) =>
    canaries.flatMap((canary) => canary.hooks.flatMap((hook) => [...problemOf(template, canary, hook)])),
} as const satisfies PreflightRule;

function problemOf(template: Template, canary: Canary, { functionId }: Hook): readonly RuleProblem[] {
  if (functionId === undefined) return [];
  const role = template.Resources[functionId]!.Properties.Role;
  const rights = rightsOf(template, role);
  const hook = keyOf(functionId);
  const where = { path: `Resources.${rights?.roleId ?? functionId}.Properties`, function: canary.key };
  const { ApplicationName, DeploymentGroupName } = canary.group.Properties;
  const groupArn = `arn:\${AWS::Partition}:codedeploy:\${AWS::Region}:\${AWS::AccountId}:deploymentgroup:${text(ApplicationName)}/`;
  const groups = [
    DeploymentGroupName === undefined ? `\${${canary.groupId}}` : text(DeploymentGroupName),
    `\${${canary.groupId}}`,
  ];
  const arns = groups.flatMap((name) => [`${groupArn}${name}`, `${groupArn.replace(PARTITION, 'aws')}${name}`]);
  const allowed = rights && allows(rights, REPORT, arns);
  if (allowed === true) return [];
  const fix = `give functions.${hook}.role a policy that allows ${REPORT} on this deployment group; for a hook without a role, canary-guard makes one`;
  if (allowed === false) {
    return [
      {
        severity: 'error',
        where,
        why: `The role of ${hook} may not call ${REPORT} for this deployment group, so CodeDeploy never gets its result: the deployment waits an hour and then fails.`,
        fix,
      },
    ];
  }
  return [
    {
      severity: 'warning',
      where,
      why: `Whether ${hook} may report to CodeDeploy depends on ${rights ? 'a managed policy' : 'a role'} outside of the template. If it may not, every deployment waits an hour and then fails.`,
      fix,
    },
  ];
}
