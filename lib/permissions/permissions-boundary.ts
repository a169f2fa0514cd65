import { Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { describeExcess, excess, policyLength } from '../../aws-rules/limits/measure';
import { RELEASE_NAMESPACE } from '../../release/ledger/release-metrics';
import type { ExtraPermission } from '../config/extra-permission';
import { type AccountRegion, inRegion, type ReleaseNames } from '../names/release-names';
import { deploymentBucketArn } from './cloudformation-permissions';
import { extraStatement } from './extra-statement';
import { denyRecords } from './protected-records';

/** The longest values that AWS has, for what is known only when the stack is deployed. */
const LONGEST: AccountRegion = { partition: 'aws-us-gov', region: 'ap-southeast-1', account: '123456789012' };

/**
 * The permissions boundary of the roles of a service's stack: what they may do at most, whatever a template grants them.
 * It contains what functions, CodeDeploy and state machines usually need, on resources whose names begin with the stack's.
 * It contains nothing of IAM, and no role of another stack.
 *
 * @param extra `functionPermissions` of the configuration.
 * @throws Error when the policy would be longer than IAM allows.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function permissionsBoundary(
  location: AccountRegion,
  names: ReleaseNames,
  extra: readonly ExtraPermission[],
): PolicyDocument {
  const tooLong = describeBoundaryExcess(names, extra);
  if (tooLong !== undefined) throw new Error(`pipeline.functionPermissions: ${tooLong}; ${FEWER_PERMISSIONS}`);
  return new PolicyDocument({ statements: boundaryStatements(location, names, extra) });
}

/** What to do about a boundary that is too long. */
export const FEWER_PERMISSIONS = 'write fewer permissions, e.g. with {stack}-* instead of single names';

/** @returns By how much the permissions boundary would be longer than IAM allows; undefined if it is not. */
export function describeBoundaryExcess(names: ReleaseNames, extra: readonly ExtraPermission[]): string | undefined {
  const longest = boundaryStatements(LONGEST, names, extra).map((statement) => statement.toStatementJson());
  const [tooLong] = excess('managedPolicy', policyLength({ Version: '2012-10-17', Statement: longest }));
  if (tooLong === undefined) return undefined;
  return (
    `${describeExcess(tooLong)}, and this is what the permissions boundary ` + `"${names.permissionsBoundary}" may have`
  );
}

/** @returns The statements of the boundary, however long they are. */
export function boundaryStatements(
  location: AccountRegion,
  names: ReleaseNames,
  extra: readonly ExtraPermission[],
): PolicyStatement[] {
  const { partition } = location;
  const own = `${names.serviceStack}-*`;
  const bucket = `arn:${partition}:s3:::${own.toLowerCase()}`;
  const here = (service: string, ...resources: string[]) =>
    resources.map((resource) => inRegion(location, service, resource));
  const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources });

  return [
    allow(
      [
        'lambda:GetAlias',
        'lambda:GetFunction',
        'lambda:GetFunctionConfiguration',
        'lambda:GetProvisionedConcurrencyConfig',
        'lambda:InvokeFunction',
        'lambda:UpdateAlias',
      ],
      here('lambda', `function:${own}`),
    ),
    allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:TagResource'],
      here(
        'logs',
        `log-group:/aws/lambda/${own}`,
        'log-group:/aws/lambda-insights:*',
        'log-group:/aws/application-signals/data:*',
      ),
    ),
    allow(
      [
        'codedeploy:GetApplicationRevision',
        'codedeploy:GetDeployment',
        'codedeploy:PutLifecycleEventHookExecutionStatus',
      ],
      here('codedeploy', `application:${own}`, `deploymentgroup:*/${own}`),
    ),
    allow(
      [
        'dynamodb:BatchGetItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:ConditionCheckItem',
        'dynamodb:DeleteItem',
        'dynamodb:DescribeStream',
        'dynamodb:DescribeTable',
        'dynamodb:GetItem',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:PartiQLDelete',
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLSelect',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:UpdateItem',
      ],
      here('dynamodb', `table/${own}`),
    ),
    allow(
      [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
      here('sqs', own),
    ),
    allow(['sns:Publish'], here('sns', own)),
    allow(
      [
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:GetBucketLocation',
        's3:GetObject',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:ListBucket',
        's3:PutObject',
        's3:PutObjectTagging',
      ],
      [bucket, `${bucket}/*`],
    ),
    allow(['events:PutEvents'], here('events', 'event-bus/default', `event-bus/${own}`)),
    allow(
      [
        'states:DescribeExecution',
        'states:SendTaskFailure',
        'states:SendTaskHeartbeat',
        'states:SendTaskSuccess',
        'states:StartExecution',
        'states:StartSyncExecution',
        'states:StopExecution',
      ],
      here('states', `stateMachine:${own}`, `execution:${own}`, `activity:${own}`),
    ),
    allow(
      [
        'kinesis:DescribeStream',
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
        'kinesis:PutRecord',
        'kinesis:PutRecords',
        'kinesis:SubscribeToShard',
      ],
      here('kinesis', `stream/${own}`),
    ),
    allow(
      ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      here('secretsmanager', `secret:${own}`, `secret:${names.serviceStack}/*`),
    ),
    allow(
      ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
      here('ssm', `parameter/${own}`, `parameter/${names.serviceStack}/*`),
    ),
    // What AWS cannot limit to a resource, or only to one whose name is generated: a function's network interfaces.
    allow(
      [
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetMetricData',
        'cloudwatch:PutMetricData',
        'dynamodb:ListStreams',
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'ec2:UnassignPrivateIpAddresses',
        'kafka:DescribeCluster',
        'kafka:DescribeClusterV2',
        'kafka:GetBootstrapBrokers',
        'kinesis:ListStreams',
        'xray:GetSamplingRules',
        'xray:GetSamplingStatisticSummaries',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
      ['*'],
    ),
    ...extra.map((permission) => extraStatement(permission, location, names)),
    denyRecords(location, names),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': RELEASE_NAMESPACE } },
    }),
    // Lambda manages a function's network interfaces with its role; the function's own calls could remove those of others.
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['ec2:*NetworkInterface', 'ec2:*PrivateIpAddresses'],
      resources: ['*'],
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
    // The name of the deployment bucket begins like the stack's other buckets. A function that could write there could
    // replace the code of the next release.
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['s3:*'],
      resources: [deploymentBucketArn(location, names), `${deploymentBucketArn(location, names)}/*`],
    }),
  ];
}
