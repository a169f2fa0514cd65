import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { inRegion, type Place, type ReleaseNames } from '../names/release-names';

/**
 * What has to be read to tell what became of a release: of the service's stack, its functions, deployments, alarms
 * and the logs of its hooks. It changes nothing.
 *
 * Some reads can't be scoped: metrics have no ARN, and DescribeAlarms is authorised on all alarms whichever it is asked
 * for. An alarm's history is: `alarm:<stack>-*`, of one alarm at a time.
 */
export function readPermissions(place: Place, names: ReleaseNames): PolicyStatement[] {
  const here = (service: string, resource: string) => inRegion(place, service, resource);
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
        'codedeploy:BatchGetDeploymentTargets',
        'codedeploy:BatchGetDeployments',
        'codedeploy:ListDeploymentTargets',
      ],
      [here('codedeploy', `deploymentgroup:${names.generatedPrefix}*/${names.serviceStack}-*`)],
    ),
    // The AppSpec says which function is the hook that failed; CodeDeploy authorises it on the application.
    allow(['codedeploy:GetApplicationRevision'], [here('codedeploy', `application:${names.generatedPrefix}*`)]),
    // What a hook logged about its failure.
    allow(['logs:FilterLogEvents'], [here('logs', `log-group:/aws/lambda/${names.serviceStack}-*`)]),
    allow(['cloudwatch:DescribeAlarmHistory'], [here('cloudwatch', `alarm:${names.serviceStack}-*`)]),
    allow(['cloudwatch:DescribeAlarms'], [here('cloudwatch', 'alarm:*')]),
    allow(['cloudwatch:GetMetricData'], ['*']),
  ];
}
