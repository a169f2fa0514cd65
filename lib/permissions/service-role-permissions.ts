import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AccountRegion, ReleaseNames } from '../names/release-names';

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

/** What CloudFormation may do to the roles of the service's stack. */
export function serviceRolePermissions(location: AccountRegion, names: ReleaseNames): PolicyStatement[] {
  const { partition, account } = location;
  const resources = [`arn:${partition}:iam::${account}:role/${names.generatedPrefix}*`];
  const allow = (actions: string[], conditions?: Record<string, Record<string, unknown>>) =>
    new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

  return [
    allow([
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
      'iam:UpdateRoleDescription',
    ]),
    allow(['iam:AttachRolePolicy', 'iam:DetachRolePolicy'], {
      ArnEquals: {
        'iam:PolicyARN': Object.keys(ATTACHABLE_POLICIES).map((policy) => `arn:${partition}:iam::aws:policy/${policy}`),
      },
    }),
    allow(['iam:PassRole'], {
      StringEquals: { 'iam:PassedToService': ['codedeploy.amazonaws.com', 'lambda.amazonaws.com'] },
    }),
  ];
}
