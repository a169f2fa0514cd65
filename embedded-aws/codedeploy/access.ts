import { type AccessRules, need } from '../access/need';
import type { Input } from '../protocol/input';
import { arn, type Scope } from '../scope';
import type { Deployments } from './deployments';

/**
 * Permissions that CodeDeploy's operations need.
 *
 * Sources: CodeDeploy user guide, "CodeDeploy permissions reference"; Service Authorization Reference, AWS CodeDeploy.
 * **Conflict**: the second lists no resource for StopDeployment, ListDeploymentTargets, GetDeploymentTarget and
 * PutLifecycleEventHookExecutionStatus; the guide, and the policies that SAM and the canary plugin generate, have the
 * deployment group. Only BatchGetDeploymentTargets has a resource in neither.
 */
export function codeDeployAccess(scope: Scope, deployments: Deployments): AccessRules {
  const application = ({ applicationName }: Input) => arn('codedeploy', scope, `application:${applicationName}`);
  const group = (applicationName: string, name: string) =>
    arn('codedeploy', scope, `deploymentgroup:${applicationName}/${name}`);
  const groupOf = (deploymentId: string) => {
    const { applicationName, name } = deployments.require(deploymentId).props.group;
    return group(applicationName, name);
  };
  const onDeployment = (action: string) => (input: Input) => need(action, groupOf(input.deploymentId));
  return {
    GetApplication: (input) => need('codedeploy:GetApplication', application(input)),
    ListApplications: () => need('codedeploy:ListApplications'),
    GetDeploymentGroup: ({ applicationName, deploymentGroupName }) =>
      need('codedeploy:GetDeploymentGroup', group(applicationName, deploymentGroupName)),
    BatchGetDeploymentGroups: ({ applicationName, deploymentGroupNames = [] }) =>
      need(
        'codedeploy:BatchGetDeploymentGroups',
        deploymentGroupNames.map((name: string) => group(applicationName, name)),
      ),
    ListDeploymentGroups: (input) => need('codedeploy:ListDeploymentGroups', application(input)),
    GetDeploymentConfig: ({ deploymentConfigName }) =>
      need('codedeploy:GetDeploymentConfig', arn('codedeploy', scope, `deploymentconfig:${deploymentConfigName}`)),
    ListDeploymentConfigs: () => need('codedeploy:ListDeploymentConfigs'),
    ListTagsForResource: ({ ResourceArn }) => need('codedeploy:ListTagsForResource', String(ResourceArn)),
    CreateDeployment: ({ applicationName, deploymentGroupName }) =>
      need('codedeploy:CreateDeployment', group(applicationName, deploymentGroupName)),
    GetDeployment: onDeployment('codedeploy:GetDeployment'),
    BatchGetDeployments: ({ deploymentIds = [] }) =>
      need('codedeploy:BatchGetDeployments', [...new Set<string>(deploymentIds.map(groupOf))]),
    ListDeployments: ({ applicationName = '*', deploymentGroupName = '*' }) =>
      need('codedeploy:ListDeployments', group(applicationName, deploymentGroupName)),
    GetApplicationRevision: (input) => need('codedeploy:GetApplicationRevision', application(input)),
    StopDeployment: onDeployment('codedeploy:StopDeployment'),
    PutLifecycleEventHookExecutionStatus: onDeployment('codedeploy:PutLifecycleEventHookExecutionStatus'),
    ListDeploymentTargets: onDeployment('codedeploy:ListDeploymentTargets'),
    GetDeploymentTarget: onDeployment('codedeploy:GetDeploymentTarget'),
    BatchGetDeploymentTargets: () => need('codedeploy:BatchGetDeploymentTargets'),
  };
}
