import type { HandledChange } from '../handled-change';
import { calls, type HandlerTable, lifecycle, when } from '../handler-table';

/**
 * Calls for CodeDeploy's types.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
 */
export const CODE_DEPLOY_HANDLERS: HandlerTable = {
  'AWS::CodeDeploy::Application': lifecycle({
    resource: (change) => change.arn('codedeploy', `application:${change.name('ApplicationName', { longest: 100 })}`),
    create: ['codedeploy:CreateApplication'],
    update: ['codedeploy:UpdateApplication'],
    delete: ['codedeploy:DeleteApplication'],
    tags: { property: 'Tags', set: 'codedeploy:TagResource', remove: 'codedeploy:UntagResource' },
  }),
  'AWS::CodeDeploy::DeploymentGroup': lifecycle({
    resource: groupArn,
    create: ['codedeploy:CreateDeploymentGroup'],
    update: ['codedeploy:UpdateDeploymentGroup'],
    delete: ['codedeploy:DeleteDeploymentGroup'],
    tags: { property: 'Tags', set: 'codedeploy:TagResource', remove: 'codedeploy:UntagResource' },
    passes: [['ServiceRoleArn', 'codedeploy.amazonaws.com']],
    more: (change) =>
      when(
        change.operation !== 'delete' && change.sets('DeploymentConfigName'),
        calls(
          change.arn('codedeploy', `deploymentconfig:${change.text('DeploymentConfigName')}`),
          'codedeploy:GetDeploymentConfig',
        ),
      ),
  }),
  'AWS::CodeDeploy::DeploymentConfig': lifecycle({
    resource: (change) =>
      change.arn('codedeploy', `deploymentconfig:${change.name('DeploymentConfigName', { longest: 100 })}`),
    create: ['codedeploy:CreateDeploymentConfig', 'codedeploy:GetDeploymentConfig'],
    delete: ['codedeploy:DeleteDeploymentConfig'],
  }),
};

function groupArn(change: HandledChange): string {
  const name = change.name('DeploymentGroupName', { longest: 100 });
  return change.arn('codedeploy', `deploymentgroup:${change.text('ApplicationName')}/${name}`);
}
