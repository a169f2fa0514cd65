import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { KEPT_OF_STACK_NAME } from '../../aws-rules/resource-handlers/generated-name';
import type { ExtraPermission } from '../config/extra-permission';
import { type AccountRegion, type ReleaseNames, inRegion as regionalArn } from '../names/release-names';
import { extraStatement } from './extra-statement';
import { denyRecords } from './protected-records';
import { serviceRolePermissions } from './service-role-permissions';

/**
 * What CloudFormation may do to create and change the service's stack: the resources that sls and the plugins generate
 * for functions, an HTTP API, alarms and canaries, each limited to this stack's names.
 *
 * Two permissions cannot be limited by name: an HTTP API has a generated id, and listing alarms or log groups reads all
 * of them.
 *
 * @param extra Permissions for what else the service creates, `deployPermissions` of the configuration.
 */
export function cloudFormationPermissions(
  location: AccountRegion,
  names: ReleaseNames,
  extra: readonly ExtraPermission[],
): PolicyStatement[] {
  const { partition, region } = location;
  const inRegion = (service: string, resource: string) => regionalArn(location, service, resource);
  const named = `${names.serviceStack}-*`;
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });

  const functions = allow(
    [
      'lambda:AddPermission',
      'lambda:CreateAlias',
      'lambda:CreateFunction',
      'lambda:CreateFunctionUrlConfig',
      'lambda:DeleteAlias',
      'lambda:DeleteFunction',
      'lambda:DeleteFunctionConcurrency',
      'lambda:DeleteFunctionEventInvokeConfig',
      'lambda:DeleteFunctionUrlConfig',
      'lambda:DeleteProvisionedConcurrencyConfig',
      'lambda:GetAlias',
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetFunctionConfiguration',
      'lambda:GetFunctionEventInvokeConfig',
      'lambda:GetFunctionRecursionConfig',
      'lambda:GetFunctionScalingConfig',
      'lambda:GetFunctionUrlConfig',
      'lambda:GetPolicy',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:GetRuntimeManagementConfig',
      'lambda:ListTags',
      'lambda:ListVersionsByFunction',
      'lambda:PublishVersion',
      'lambda:PutFunctionConcurrency',
      'lambda:PutFunctionEventInvokeConfig',
      'lambda:PutFunctionRecursionConfig',
      'lambda:PutProvisionedConcurrencyConfig',
      'lambda:PutRuntimeManagementConfig',
      'lambda:RemovePermission',
      'lambda:TagResource',
      'lambda:UntagResource',
      'lambda:UpdateAlias',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
      'lambda:UpdateFunctionEventInvokeConfig',
      'lambda:UpdateFunctionUrlConfig',
    ],
    [inRegion('lambda', `function:${named}`)],
  );

  const logGroups = allow(
    [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:DeleteRetentionPolicy',
      'logs:GetDataProtectionPolicy',
      'logs:ListTagsForResource',
      'logs:ListTagsLogGroup',
      'logs:PutRetentionPolicy',
      'logs:TagLogGroup',
      'logs:TagResource',
      'logs:UntagLogGroup',
      'logs:UntagResource',
    ],
    [inRegion('logs', `log-group:/aws/lambda/${named}`)],
  );

  const alarms = allow(
    ['cloudwatch:DeleteAlarms', 'cloudwatch:ListTagsForResource', 'cloudwatch:TagResource', 'cloudwatch:UntagResource'],
    [inRegion('cloudwatch', `alarm:${named}`)],
  );

  // Without the condition, an alarm could stop or terminate any instance of the account: CloudWatch does that with a role of
  // its own (CloudWatch user guide, "Using condition keys to limit alarm actions").
  const alarmDefinitions = new PolicyStatement({
    actions: ['cloudwatch:PutMetricAlarm'],
    resources: [inRegion('cloudwatch', `alarm:${named}`)],
    conditions: {
      'ForAllValues:StringLike': {
        'cloudwatch:AlarmActions': [`arn:${partition}:sns:*`, `arn:${partition}:lambda:*`],
      },
    },
  });

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
    [inRegion('codedeploy', `application:${named}`), inRegion('codedeploy', `deploymentgroup:*/${named}`)],
  );

  const presets = allow(
    ['codedeploy:GetDeploymentConfig'],
    [inRegion('codedeploy', 'deploymentconfig:CodeDeployDefault.Lambda*')],
  );

  // Tags are set by PUT and removed by DELETE on /tags.
  const httpApis = allow(
    [
      'apigateway:DELETE',
      'apigateway:GET',
      'apigateway:PATCH',
      'apigateway:POST',
      'apigateway:PUT',
      // Not in AWS's list of actions, but denied to whom it is not granted (aws-amplify/amplify-cli#12316).
      'apigateway:TagResource',
      'apigateway:UntagResource',
    ],
    ['/apis', '/apis/*', '/tags/*'].map((path) => `arn:${partition}:apigateway:${region}::${path}`),
  );

  // For the access log of an HTTP API; none of them takes a resource (API Gateway guide, "logging for HTTP APIs").
  const accessLogs = allow(
    [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    ['*'],
  );

  const deploymentBucket = allow(
    [
      's3:CreateBucket',
      's3:DeleteBucket',
      's3:DeleteBucketPolicy',
      's3:GetAccelerateConfiguration',
      's3:GetBucketLocation',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketTagging',
      's3:GetBucketVersioning',
      's3:GetEncryptionConfiguration',
      's3:GetObject',
      's3:ListBucket',
      // Since November 2025, S3 authorises tags by these three, also when a bucket is created with tags.
      's3:ListTagsForResource',
      's3:PutAccelerateConfiguration',
      's3:PutBucketOwnershipControls',
      's3:PutBucketPolicy',
      's3:PutBucketPublicAccessBlock',
      's3:PutBucketTagging',
      's3:PutBucketVersioning',
      's3:PutEncryptionConfiguration',
      's3:TagResource',
      's3:UntagResource',
    ],
    [deploymentBucketArn(location, names), `${deploymentBucketArn(location, names)}/*`],
  );

  return [
    functions,
    logGroups,
    alarms,
    alarmDefinitions,
    lists,
    trafficShifting,
    presets,
    httpApis,
    accessLogs,
    deploymentBucket,
    ...serviceRolePermissions(location, names),
    ...extra.map((permission) => extraStatement(permission, location, names)),
    denyRecords(location, names),
  ];
}

/**
 * @returns A pattern for the ARN of the bucket that sls creates in the service's stack. CloudFormation generates its name,
 * in lower case, and keeps only the beginning of a long stack name; then the bucket's policy denies access to the roles of
 * all other environments, see `protectBucket`.
 */
export function deploymentBucketArn({ partition }: AccountRegion, { serviceStack }: ReleaseNames): string {
  const prefix = `${serviceStack}-`.slice(0, KEPT_OF_STACK_NAME + 1).toLowerCase();
  return `arn:${partition}:s3:::${serviceStack.length > KEPT_OF_STACK_NAME ? prefix.slice(0, -1) : prefix}*serverlessdeploymentbuck*`;
}
