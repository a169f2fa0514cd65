/** How the ARN of a resource of a type is made of its name or id. */
interface ArnShape {
  /** Service in the ARN. */
  readonly service: string;
  /**
   * The part of the ARN after the account.
   *
   * @param name Name or id.
   */
  readonly resource: (name: string) => string;
  /**
   * Whether the ARN has no region.
   *
   * @default false
   */
  readonly global?: boolean;
  /**
   * Property with the name, and the length of the longest name in characters.
   *
   * @default - As `LIMITED_PROPERTIES` says.
   */
  readonly name?: readonly [property: string, longest: number];
  /**
   * An id of the length of the longest that AWS generates.
   *
   * @default - The resource has a name.
   */
  readonly id?: string;
  /**
   * Whether `Ref` is the ARN.
   *
   * @default false - it is the name or id
   */
  readonly ref?: boolean;
}

const inPath =
  (prefix: string) =>
  (name: string): string =>
    `${prefix}${name}`;

/**
 * The ARNs of the resource types that a service's stack contains most, apart from those whose ARN needs more than the name
 * (`TemplateText`). Of any other type the ARN is not known here.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 * "Resource types defined by …" for the ARNs; the CloudFormation guide's "Return values" of each type for `Ref`
 */
export const RESOURCE_ARNS: Readonly<Record<string, ArnShape>> = {
  'AWS::AppSync::GraphQLApi': {
    service: 'appsync',
    resource: inPath('apis/'),
    id: 'a1b2c3d4e5f6a1b2c3d4e5f6ab',
    ref: true,
  },
  'AWS::CloudWatch::Alarm': { service: 'cloudwatch', resource: inPath('alarm:') },
  'AWS::CloudWatch::CompositeAlarm': { service: 'cloudwatch', resource: inPath('alarm:') },
  'AWS::Cognito::UserPool': { service: 'cognito-idp', resource: inPath('userpool/'), id: 'ap-southeast-1_A1b2C3d4E' },
  'AWS::DynamoDB::GlobalTable': { service: 'dynamodb', resource: inPath('table/'), name: ['TableName', 255] },
  'AWS::DynamoDB::Table': { service: 'dynamodb', resource: inPath('table/') },
  'AWS::EFS::AccessPoint': {
    service: 'elasticfilesystem',
    resource: inPath('access-point/'),
    id: 'fsap-0a1b2c3d4e5f6a7b8',
  },
  'AWS::EFS::FileSystem': {
    service: 'elasticfilesystem',
    resource: inPath('file-system/'),
    id: 'fs-0a1b2c3d4e5f6a7b8',
  },
  'AWS::Events::EventBus': { service: 'events', resource: inPath('event-bus/') },
  'AWS::Kinesis::Stream': { service: 'kinesis', resource: inPath('stream/'), name: ['Name', 128] },
  'AWS::KinesisFirehose::DeliveryStream': {
    service: 'firehose',
    resource: inPath('deliverystream/'),
    name: ['DeliveryStreamName', 64],
  },
  'AWS::KMS::Key': { service: 'kms', resource: inPath('key/'), id: '0a1b2c3d-0000-4000-8000-0123456789ab' },
  'AWS::Lambda::Function': { service: 'lambda', resource: inPath('function:') },
  'AWS::Logs::LogGroup': {
    service: 'logs',
    resource: (name) => `log-group:${name}:*`,
  },
  'AWS::Scheduler::ScheduleGroup': { service: 'scheduler', resource: inPath('schedule-group/'), name: ['Name', 64] },
  'AWS::SNS::Topic': { service: 'sns', resource: inPath(''), ref: true },
  'AWS::SQS::Queue': { service: 'sqs', resource: inPath('') },
  'AWS::SSM::Parameter': {
    service: 'ssm',
    resource: (name) => `parameter/${name.replace(/^\//, '')}`,
    name: ['Name', 2048],
  },
  'AWS::StepFunctions::Activity': { service: 'states', resource: inPath('activity:'), name: ['Name', 80], ref: true },
  'AWS::StepFunctions::StateMachine': {
    service: 'states',
    resource: inPath('stateMachine:'),
    name: ['StateMachineName', 80],
    ref: true,
  },
};
