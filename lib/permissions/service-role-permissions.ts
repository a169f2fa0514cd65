import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type AccountRegion, permissionsBoundaryArn, type ReleaseNames } from '../names/release-names';

/**
 * AWS's managed policies that CloudFormation may attach to the service's roles, each with what attaches it. All of them
 * are what a function or CodeDeploy needs to run; none allows to change IAM.
 */
export const ATTACHABLE_POLICIES: Readonly<Record<string, string>> = {
  'service-role/AWSLambdaBasicExecutionRole': 'roles of functions that a service or a plugin defines: logs',
  'service-role/AWSLambdaVPCAccessExecutionRole': 'sls, for provider.vpc or the vpc of a function: network interfaces',
  'service-role/AWSLambdaENIManagementAccess': 'roles of functions in a VPC that a service defines: network interfaces',
  'service-role/AWSLambdaSQSQueueExecutionRole': 'roles of functions with an SQS event',
  'service-role/AWSLambdaDynamoDBExecutionRole': 'roles of functions with a DynamoDB stream',
  'service-role/AWSLambdaKinesisExecutionRole': 'roles of functions with a Kinesis stream',
  'service-role/AWSLambdaMSKExecutionRole': 'roles of functions with a Kafka event',
  AWSXRayDaemonWriteAccess: 'roles of functions with tracing',
  AWSXrayWriteOnlyAccess: 'roles of functions with tracing, the older name',
  CloudWatchLambdaInsightsExecutionRolePolicy: 'serverless-plugin-lambda-insights',
  CloudWatchLambdaApplicationSignalsExecutionRolePolicy: 'roles of functions with Application Signals',
  'service-role/AWSCodeDeployRoleForLambda': 'roles for CodeDeploy that a service defines',
  'service-role/AWSCodeDeployRoleForLambdaLimited': 'serverless-plugin-canary-deployments, and roles for CodeDeploy',
};

/**
 * The services that may run with the service's roles. Each role has the permissions boundary, so a service can do no more
 * with it than a function.
 */
const RUN_WITH_ROLES = ['apigateway', 'codedeploy', 'events', 'lambda', 'scheduler', 'states'];

/**
 * What CloudFormation may do to the roles of the service's stack: everything that a service needs, as long as a role has
 * the permissions boundary. So a template cannot give itself more than the boundary allows (docs/decisions/0022-permissions-boundary.md).
 *
 * Not granted: removing or rewriting the boundary, and changing whom an existing role trusts, which no condition could limit
 * to roles with the boundary when this was written. A role with another trust policy gets a new logical id instead.
 *
 * The denials hold whatever `deployPermissions` of the configuration allow.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 * which actions have the condition keys iam:PermissionsBoundary and iam:PolicyARN
 */
export function serviceRolePermissions(location: AccountRegion, names: ReleaseNames): PolicyStatement[] {
  const { partition, account } = location;
  const boundary = permissionsBoundaryArn(location, names);
  const resources = [`arn:${partition}:iam::${account}:role/${names.serviceStack}-*`];
  const allow = (actions: string[], conditions?: Record<string, Record<string, unknown>>) =>
    new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });
  const bounded = { ArnEquals: { 'iam:PermissionsBoundary': boundary } };

  return [
    allow(['iam:CreateRole', 'iam:DeleteRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'], bounded),
    // Any policy may be detached, so that a role which the stack had before can be brought in line.
    allow(['iam:DetachRolePolicy'], bounded),
    allow(['iam:AttachRolePolicy'], {
      ArnEquals: {
        ...bounded.ArnEquals,
        'iam:PolicyARN': Object.keys(ATTACHABLE_POLICIES).map((policy) => `arn:${partition}:iam::aws:policy/${policy}`),
      },
    }),
    allow([
      'iam:DeleteRole',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
      'iam:TagRole',
      'iam:UntagRole',
      'iam:UpdateRole',
      'iam:UpdateRoleDescription',
    ]),
    allow(['iam:PassRole'], {
      StringEquals: { 'iam:PassedToService': RUN_WITH_ROLES.map((service) => `${service}.amazonaws.com`) },
    }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'iam:PermissionsBoundary': boundary } },
    }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['iam:DeleteRolePermissionsBoundary'],
      resources: ['*'],
    }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['iam:*'],
      resources: ['policy', 'role'].map((kind) => `arn:${partition}:iam::${account}:${kind}${names.rolePath}*`),
    }),
  ];
}
