import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Place, type ReleaseNames, roleArn } from '../release-names';
import { deploymentBucketArn } from './cloudformation-permissions';

/**
 * What a Deploy action may do in an environment: what `sls deploy --package` itself calls, and what is read to tell
 * what became of the release. It changes the service through CloudFormation alone, and only with the environment's
 * CloudFormation role; the one exception is the old versions that sls prunes.
 *
 * Some reads can't be scoped: a template to be validated is no resource, metrics have no ARN, and DescribeAlarms is
 * authorised on all alarms whichever it is asked for. An alarm's history is: `alarm:<stack>-*`, of one alarm at a time.
 */
export function deployPermissions(place: Place, names: ReleaseNames): PolicyStatement[] {
  const { partition, region, account } = place;
  const inRegion = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const serviceStack = inRegion('cloudformation', `stack/${names.serviceStack}/*`);
  const functions = inRegion('lambda', `function:${names.serviceStack}-*`);
  const cloudFormationRole = roleArn(place, names, names.cloudFormationRole);
  const bucket = deploymentBucketArn(place, names);
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });

  return [
    allow(
      [
        'cloudformation:DeleteChangeSet',
        'cloudformation:DescribeChangeSet',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStackResource',
        'cloudformation:DescribeStackResources',
        'cloudformation:DescribeStacks',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:GetTemplate',
        'cloudformation:ListStackResources',
      ],
      [serviceStack],
    ),
    new PolicyStatement({
      actions: ['cloudformation:CreateChangeSet'],
      resources: [serviceStack],
      conditions: { ArnEquals: { 'cloudformation:RoleArn': cloudFormationRole } },
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [cloudFormationRole],
      conditions: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    }),
    allow(['s3:GetBucketLocation', 's3:ListBucket'], [bucket]),
    allow(['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'], [`${bucket}/*`]),
    allow(
      [
        'lambda:DeleteFunction', // a version is deleted by it too, see `pruneFunctionVersions` in serverless.yml
        'lambda:GetAlias',
        'lambda:GetFunction',
        'lambda:ListAliases',
        'lambda:ListVersionsByFunction',
      ],
      [functions],
    ),
    allow(
      [
        'codedeploy:BatchGetDeploymentTargets',
        'codedeploy:BatchGetDeployments',
        'codedeploy:GetDeployment',
        'codedeploy:GetDeploymentGroup',
        'codedeploy:GetDeploymentTarget',
        'codedeploy:ListDeploymentTargets',
        'codedeploy:ListDeployments',
      ],
      [inRegion('codedeploy', `deploymentgroup:${names.generatedPrefix}*/${names.serviceStack}-*`)],
    ),
    // The AppSpec says which function is the hook that failed; CodeDeploy authorises it on the application.
    allow(['codedeploy:GetApplicationRevision'], [inRegion('codedeploy', `application:${names.generatedPrefix}*`)]),
    allow(['codedeploy:GetDeploymentConfig'], [inRegion('codedeploy', 'deploymentconfig:CodeDeployDefault.Lambda*')]),
    // What a hook logged about its failure.
    allow(['logs:FilterLogEvents'], [inRegion('logs', `log-group:/aws/lambda/${names.serviceStack}-*`)]),
    allow(['cloudwatch:DescribeAlarmHistory'], [inRegion('cloudwatch', `alarm:${names.serviceStack}-*`)]),
    allow(['cloudwatch:DescribeAlarms'], [inRegion('cloudwatch', 'alarm:*')]),
    allow(['cloudformation:ValidateTemplate', 'cloudwatch:GetMetricData'], ['*']),
  ];
}
