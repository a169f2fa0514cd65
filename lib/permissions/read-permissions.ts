import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type AccountRegion, inRegion, type ReleaseNames } from '../names/release-names';

/**
 * What it takes to find out how a release ended: reading the service's stack, functions, deployments, alarms and the
 * logs of its hooks. It allows no change.
 *
 * Two of these permissions cannot be limited to the service: metrics have no ARN, and DescribeAlarms is authorised on
 * all alarms, whichever the request names. DescribeAlarmHistory is authorised on the one alarm that the request names.
 */
export function readPermissions(location: AccountRegion, names: ReleaseNames): PolicyStatement[] {
  const here = (service: string, resource: string) => inRegion(location, service, resource);
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });

  return [
    allow(
      ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
      [here('cloudformation', `stack/${names.serviceStack}/*`)],
    ),
    allow(['lambda:GetAlias', 'lambda:ListVersionsByFunction'], [here('lambda', `function:${names.serviceStack}-*`)]),
    allow(
      [
        'codedeploy:BatchGetDeploymentGroups',
        'codedeploy:BatchGetDeployments',
        'codedeploy:GetDeploymentTarget',
        'codedeploy:ListDeploymentTargets',
      ],
      [here('codedeploy', `deploymentgroup:*/${names.serviceStack}-*`)],
    ),
    // The AppSpec names the function of a hook that failed. CodeDeploy authorises reading it on the application.
    allow(['codedeploy:GetApplicationRevision'], [here('codedeploy', `application:${names.serviceStack}-*`)]),
    // For what a hook logged about its failure.
    allow(['logs:FilterLogEvents'], [here('logs', `log-group:/aws/lambda/${names.serviceStack}-*`)]),
    allow(['cloudwatch:DescribeAlarmHistory'], [here('cloudwatch', `alarm:${names.serviceStack}-*`)]),
    allow(['cloudwatch:DescribeAlarms'], [here('cloudwatch', 'alarm:*')]),
    allow(['cloudwatch:GetMetricData'], ['*']),
  ];
}
