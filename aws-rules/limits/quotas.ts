/** A limit of AWS that stops a deployment, with where AWS publishes it. */
export interface Quota {
  /** What is limited, after "for the": e.g. "name of a role". */
  readonly of: string;
  readonly maximum: number;
  readonly unit: 'characters' | 'bytes' | 'stages' | 'actions' | 'resources' | 'outputs' | 'parameters' | 'policies';
  /** The service that refuses more. */
  readonly service: string;
  /** Up to which number AWS raises it on request. @default - it is fixed */
  readonly raisedTo?: number;
  /**
   * `published`: AWS documents the number. `reported`: AWS documents none, but its refusal is on record.
   *
   * @default 'published'
   */
  readonly basis?: 'reported';
  readonly source: string;
}

const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const CLOUDFORMATION = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';
const CODEPIPELINE = 'https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html';
const RESOURCES = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';
const api = (path: string) => `https://docs.aws.amazon.com/${path}.html`;

const characters = (of: string, maximum: number, service: string, source: string): Quota => ({
  of,
  maximum,
  unit: 'characters',
  service,
  source,
});

/** The limits that names and sizes of a stack, its roles and functions, and the pipeline can exceed. */
export const QUOTAS = {
  roleName: characters('name of a role', 64, 'IAM', IAM),
  roleDescription: characters('description of a role', 1_000, 'IAM', api('IAM/latest/APIReference/API_CreateRole')),
  managedPolicyName: characters('name of a managed policy', 128, 'IAM', IAM),
  inlinePolicyName: characters('name of an inline policy', 128, 'IAM', IAM),
  inlinePolicies: characters('inline policies of a role together, without whitespace', 10_240, 'IAM', IAM),
  managedPolicy: characters('managed policy, without whitespace', 6_144, 'IAM', IAM),
  trustPolicy: { ...characters('trust policy of a role, without whitespace', 2_048, 'IAM', IAM), raisedTo: 8_192 },
  attachedPolicies: {
    of: 'role, attached to it',
    maximum: 10,
    raisedTo: 25,
    unit: 'policies',
    service: 'IAM',
    source: IAM,
  },
  functionName: characters('name of a function', 64, 'Lambda', api('lambda/latest/api/API_CreateFunction')),
  functionDescription: characters(
    'description of a function',
    256,
    'Lambda',
    api('lambda/latest/api/API_CreateFunction'),
  ),
  layerName: characters('name of a layer', 140, 'Lambda', api('lambda/latest/api/API_PublishLayerVersion')),
  environmentVariables: {
    of: 'environment variables of a function together, as JSON',
    maximum: 4_096,
    unit: 'bytes',
    service: 'Lambda',
    source: api('lambda/latest/dg/gettingstarted-limits'),
  },
  alarmName: characters(
    'name of an alarm',
    255,
    'CloudWatch',
    api('AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm'),
  ),
  alarmDescription: characters(
    'description of an alarm',
    1_024,
    'CloudWatch',
    api('AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm'),
  ),
  dashboardName: characters(
    'name of a dashboard',
    255,
    'CloudWatch',
    `${RESOURCES}/aws-resource-cloudwatch-dashboard.html`,
  ),
  logGroupName: characters(
    'name of a log group',
    512,
    'CloudWatch Logs',
    api('AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup'),
  ),
  topicName: characters('name of a topic', 256, 'SNS', api('sns/latest/api/API_CreateTopic')),
  queueName: characters('name of a queue', 80, 'SQS', api('AWSSimpleQueueService/latest/APIReference/API_CreateQueue')),
  bucketName: characters('name of a bucket', 63, 'S3', api('AmazonS3/latest/userguide/bucketnamingrules')),
  tableName: characters('name of a table', 255, 'DynamoDB', api('amazondynamodb/latest/APIReference/API_CreateTable')),
  applicationName: characters(
    'name of a CodeDeploy application',
    100,
    'CodeDeploy',
    api('codedeploy/latest/userguide/limits'),
  ),
  deploymentGroupName: characters(
    'name of a deployment group',
    100,
    'CodeDeploy',
    api('codedeploy/latest/userguide/limits'),
  ),
  ruleName: characters('name of a rule', 64, 'EventBridge', api('eventbridge/latest/APIReference/API_PutRule')),
  ruleDescription: characters(
    'description of a rule',
    512,
    'EventBridge',
    api('eventbridge/latest/APIReference/API_PutRule'),
  ),
  eventBusName: characters(
    'name of an event bus',
    256,
    'EventBridge',
    api('eventbridge/latest/APIReference/API_CreateEventBus'),
  ),
  eventBusDescription: characters(
    'description of an event bus',
    512,
    'EventBridge',
    api('eventbridge/latest/APIReference/API_CreateEventBus'),
  ),
  scheduleName: characters(
    'name of a schedule',
    64,
    'EventBridge',
    api('scheduler/latest/APIReference/API_CreateSchedule'),
  ),
  scheduleDescription: characters(
    'description of a schedule',
    512,
    'EventBridge',
    api('scheduler/latest/APIReference/API_CreateSchedule'),
  ),
  scheduleGroupName: characters(
    'name of a schedule group',
    64,
    'EventBridge',
    `${RESOURCES}/aws-resource-scheduler-schedulegroup.html`,
  ),
  stateMachineName: characters(
    'name of a state machine',
    80,
    'Step Functions',
    api('step-functions/latest/apireference/API_CreateStateMachine'),
  ),
  streamName: characters('name of a stream', 128, 'Kinesis', api('kinesis/latest/APIReference/API_CreateStream')),
  secretName: characters(
    'name of a secret',
    512,
    'Secrets Manager',
    api('secretsmanager/latest/apireference/API_CreateSecret'),
  ),
  /** Together with the part of its ARN before the name, which is not counted here, so that nothing valid is refused. */
  parameterName: characters(
    'name of a parameter',
    1_011,
    'Systems Manager',
    api('systems-manager/latest/APIReference/API_PutParameter'),
  ),
  userPoolName: characters(
    'name of a user pool',
    128,
    'Cognito',
    api('cognito-user-identity-pools/latest/APIReference/API_CreateUserPool'),
  ),
  userPoolClientName: characters(
    'name of a user pool client',
    128,
    'Cognito',
    api('cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient'),
  ),
  connectionName: characters(
    'name of a connection',
    32,
    'CodeConnections',
    api('codeconnections/latest/APIReference/API_CreateConnection'),
  ),
  pipelineName: characters('name of a pipeline', 100, 'CodePipeline', CODEPIPELINE),
  pipelineStages: { of: 'pipeline', maximum: 50, unit: 'stages', service: 'CodePipeline', source: CODEPIPELINE },
  pipelineActions: {
    of: 'pipeline',
    maximum: 500,
    unit: 'actions',
    service: 'CodePipeline',
    source: CODEPIPELINE,
  },
  stageActions: {
    of: 'stage of a pipeline',
    maximum: 50,
    unit: 'actions',
    service: 'CodePipeline',
    source: CODEPIPELINE,
  },
  /**
   * No page of AWS says how large a template an action of CodePipeline may deploy. Templates far above the 51,200 bytes of
   * an inline one are deployed by such actions every day; 512 KB is what an engineer of AWS reported as refused above.
   */
  actionTemplate: {
    of: 'template that a pipeline action deploys',
    maximum: 524_288,
    unit: 'bytes',
    service: 'CodePipeline',
    basis: 'reported',
    source: 'https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1023',
  },
  stackName: characters(
    'name of a stack',
    128,
    'CloudFormation',
    api('AWSCloudFormation/latest/APIReference/API_CreateStack'),
  ),
  changeSetName: characters(
    'name of a change set',
    128,
    'CloudFormation',
    api('AWSCloudFormation/latest/APIReference/API_CreateChangeSet'),
  ),
  inlineTemplate: {
    of: 'template that is sent in the request',
    maximum: 51_200,
    unit: 'bytes',
    service: 'CloudFormation',
    source: CLOUDFORMATION,
  },
  template: {
    of: 'template that is read from S3',
    maximum: 1_048_576,
    unit: 'bytes',
    service: 'CloudFormation',
    source: CLOUDFORMATION,
  },
  templateDescription: {
    of: 'description of a template',
    maximum: 1_024,
    unit: 'bytes',
    service: 'CloudFormation',
    source: CLOUDFORMATION,
  },
  resources: {
    of: 'template',
    maximum: 500,
    unit: 'resources',
    service: 'CloudFormation',
    source: CLOUDFORMATION,
  },
  outputs: { of: 'template', maximum: 200, unit: 'outputs', service: 'CloudFormation', source: CLOUDFORMATION },
  parameters: {
    of: 'template',
    maximum: 200,
    unit: 'parameters',
    service: 'CloudFormation',
    source: CLOUDFORMATION,
  },
} as const satisfies Readonly<Record<string, Quota>>;

/** Id of a quota. */
export type QuotaId = keyof typeof QUOTAS;
