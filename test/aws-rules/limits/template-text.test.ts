import { TemplateText } from '../../../aws-rules/limits/template-text';
import { GENERATED_MARK } from '../../../aws-rules/resource-handlers/generated-name';

const stack = { stackName: 'shop-prod', partition: 'aws', region: 'eu-central-1', account: '111111111111' };

/** @returns The value in a template with this resource, with `*` for each mark. */
function marked(Type: string, value: unknown, Properties: Record<string, unknown> = {}) {
  const values = new TemplateText({ Resources: { It: { Type, Properties } } }, stack, 'marked');
  return values.text(value)?.replaceAll(GENERATED_MARK, '*');
}

const arnOf = (attribute = 'Arn') => ({ 'Fn::GetAtt': ['It', attribute] });
const here = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:111111111111:${resource}`;

test.each<[string, unknown, string]>([
  ['AWS::CloudWatch::Alarm', arnOf(), here('cloudwatch', 'alarm:shop-prod-It-*')],
  ['AWS::Cognito::UserPool', arnOf(), here('cognito-idp', 'userpool/*')],
  ['AWS::DynamoDB::GlobalTable', arnOf(), here('dynamodb', 'table/shop-prod-It-*')],
  ['AWS::DynamoDB::Table', arnOf('StreamArn'), here('dynamodb', 'table/shop-prod-It-*/stream/*')],
  ['AWS::EFS::AccessPoint', arnOf(), here('elasticfilesystem', 'access-point/*')],
  ['AWS::Events::Rule', arnOf(), here('events', 'rule/shop-prod-It-*')],
  ['AWS::KMS::Key', arnOf(), here('kms', 'key/*')],
  ['AWS::KMS::Key', { Ref: 'It' }, '*'],
  ['AWS::Kinesis::Stream', arnOf(), here('kinesis', 'stream/shop-prod-It-*')],
  ['AWS::KinesisFirehose::DeliveryStream', arnOf(), here('firehose', 'deliverystream/shop-prod-It-*')],
  ['AWS::Lambda::LayerVersion', { Ref: 'It' }, here('lambda', 'layer:shop-prod-It-*:*')],
  ['AWS::SNS::Topic', { Ref: 'It' }, here('sns', 'shop-prod-It-*')],
  ['AWS::SQS::Queue', arnOf(), here('sqs', 'shop-prod-It-*')],
  ['AWS::SQS::Queue', { Ref: 'It' }, 'https://sqs.eu-central-1.amazonaws.com/111111111111/shop-prod-It-*'],
  ['AWS::Scheduler::Schedule', arnOf(), here('scheduler', 'schedule/default/shop-prod-It-*')],
  ['AWS::SecretsManager::Secret', { Ref: 'It' }, here('secretsmanager', 'secret:shop-prod-It-*-*')],
  ['AWS::StepFunctions::StateMachine', { Ref: 'It' }, here('states', 'stateMachine:shop-prod-It-*')],
])('what AWS generates is marked: %s', (type, value, expected) => {
  expect(marked(type, value)).toBe(expected);
});

test('a rule of another bus has it in its ARN', () => {
  expect(marked('AWS::Events::Rule', arnOf(), { Name: 'nightly', EventBusName: here('events', 'event-bus/own') })).toBe(
    here('events', 'rule/own/nightly'),
  );
});

test('the ARN of a type that is not known here is unknown, and so is a name that another stack exports', () => {
  expect(marked('AWS::Glue::Job', arnOf())).toBeUndefined();
  expect(marked('AWS::CloudFormation::Stack', arnOf('Outputs.TopicArn'))).toBeUndefined();
  expect(marked('AWS::DynamoDB::Table', arnOf(), { TableName: { 'Fn::ImportValue': 'orders' } })).toBeUndefined();
});
