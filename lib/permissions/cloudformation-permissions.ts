import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ExtraPermission } from '../config/pipeline-config';
import type { Place, ReleaseNames } from '../names/release-names';

/**
 * What CloudFormation may do to make and change the service's stack: the resources that sls and the two plugins make
 * of functions, an HTTP API, alarms and canaries, each scoped to this stack's names.
 *
 * Two services can't scope by name: an HTTP API has a generated id, and a list of alarms or log groups is a read of
 * all. What else a service creates goes into `deployPermissions` of the configuration.
 */
export function cloudFormationPermissions(
  place: Place,
  names: ReleaseNames,
  extra: readonly ExtraPermission[],
): PolicyStatement[] {
  const { partition, region, account } = place;
  const inRegion = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const named = `${names.serviceStack}-*`;
  const generated = `${names.generatedPrefix}*`;
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });

  const functions = allow(
    [
      'lambda:AddPermission',
      'lambda:CreateAlias',
      'lambda:CreateFunction',
      'lambda:DeleteAlias',
      'lambda:DeleteFunction',
      'lambda:GetAlias',
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetFunctionConfiguration',
      'lambda:GetPolicy',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:GetRuntimeManagementConfig',
      'lambda:ListTags',
      'lambda:ListVersionsByFunction',
      'lambda:PublishVersion',
      'lambda:RemovePermission',
      'lambda:TagResource',
      'lambda:UntagResource',
      'lambda:UpdateAlias',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
    ],
    [inRegion('lambda', `function:${named}`)],
  );

  const logGroups = allow(
    [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:DeleteRetentionPolicy',
      'logs:ListTagsForResource',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
      'logs:UntagResource',
    ],
    [inRegion('logs', `log-group:/aws/lambda/${named}`)],
  );

  const alarms = allow(
    [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:ListTagsForResource',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
      'cloudwatch:UntagResource',
    ],
    [inRegion('cloudwatch', `alarm:${named}`)],
  );

  const lists = allow(
    ['cloudwatch:DescribeAlarms', 'logs:DescribeLogGroups'],
    [inRegion('cloudwatch', 'alarm:*'), inRegion('logs', 'log-group:*')],
  );

  const trafficShifting = allow(
    [
      'codedeploy:CreateApplication',
      'codedeploy:CreateDeployment',
      'codedeploy:CreateDeploymentGroup',
      'codedeploy:DeleteApplication',
      'codedeploy:DeleteDeploymentGroup',
      'codedeploy:GetApplication',
      'codedeploy:GetApplicationRevision',
      'codedeploy:GetDeployment',
      'codedeploy:GetDeploymentGroup',
      'codedeploy:ListTagsForResource',
      'codedeploy:RegisterApplicationRevision',
      'codedeploy:StopDeployment',
      'codedeploy:TagResource',
      'codedeploy:UntagResource',
      'codedeploy:UpdateApplication',
      'codedeploy:UpdateDeploymentGroup',
    ],
    [
      inRegion('codedeploy', `application:${generated}`),
      inRegion('codedeploy', `deploymentgroup:${generated}/${named}`),
    ],
  );

  const presets = allow(
    ['codedeploy:GetDeploymentConfig'],
    [inRegion('codedeploy', 'deploymentconfig:CodeDeployDefault.Lambda*')],
  );

  const httpApis = allow(
    [
      'apigateway:DELETE',
      'apigateway:GET',
      'apigateway:PATCH',
      'apigateway:POST',
      'apigateway:PUT',
      'apigateway:TagResource',
      'apigateway:UntagResource',
    ],
    ['/apis', '/apis/*', '/tags/*'].map((path) => `arn:${partition}:apigateway:${region}::${path}`),
  );

  const deploymentBucket = allow(
    [
      's3:CreateBucket',
      's3:DeleteBucket',
      's3:DeleteBucketPolicy',
      's3:GetBucketLocation',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketTagging',
      's3:GetEncryptionConfiguration',
      's3:GetObject',
      's3:PutBucketPolicy',
      's3:PutBucketPublicAccessBlock',
      's3:PutBucketTagging',
      's3:PutEncryptionConfiguration',
    ],
    [deploymentBucketArn(place, names), `${deploymentBucketArn(place, names)}/*`],
  );

  const serviceRoles = [`arn:${partition}:iam::${account}:role/${generated}`];
  const roles = allow(
    [
      'iam:CreateRole',
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
      'iam:PutRolePolicy',
      'iam:TagRole',
      'iam:UntagRole',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
    ],
    serviceRoles,
  );

  const passRoles = new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: serviceRoles,
    conditions: { StringEquals: { 'iam:PassedToService': ['codedeploy.amazonaws.com', 'lambda.amazonaws.com'] } },
  });

  return [
    functions,
    logGroups,
    alarms,
    lists,
    trafficShifting,
    presets,
    httpApis,
    deploymentBucket,
    roles,
    passRoles,
    ...extra.map(({ actions, resources }) =>
      allow(
        [...actions],
        resources.map((arn) => inPlace(arn, place, names)),
      ),
    ),
  ];
}

/** The bucket sls makes in the service's stack; bucket names are lower case, and cut where they would be too long. */
export function deploymentBucketArn({ partition }: Place, { generatedPrefix }: ReleaseNames): string {
  return `arn:${partition}:s3:::${generatedPrefix.toLowerCase()}*serverlessdeploymentbuck*`;
}

function inPlace(arn: string, place: Place, names: ReleaseNames): string {
  return arn
    .replaceAll('{partition}', place.partition)
    .replaceAll('{region}', place.region)
    .replaceAll('{account}', place.account)
    .replaceAll('{stack}', names.serviceStack);
}
