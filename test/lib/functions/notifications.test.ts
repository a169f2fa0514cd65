import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type Subscriber, subscribers } from '../../../lib/config/subscribers';
import type { PipelineEnvironment } from '../../../lib/environment/pipeline-environment';
import { Notifications } from '../../../lib/functions/notifications';
import { pipelineNames } from '../../../lib/names/pipeline-names';
import { readSettings } from '../../../release/notify/settings';
import { environmentNamed, HOME } from '../environments';
import { testApp } from '../test-app';

function notifications(environments: readonly PipelineEnvironment[], notified: readonly Subscriber[] = []): Template {
  const stack = new Stack(testApp(), 'PipelineStack', { env: HOME });
  const names = pipelineNames(stack.stackName);
  new Notifications(stack, 'Notifications', { names, location: HOME, environments, subscribers: notified });
  return Template.fromStack(stack);
}

const notified = subscribers({
  repository: 'acme/greeter',
  name: 'PipelineStack',
  branch: 'main',
  serviceDirectory: 'service',
  deployPermissions: [],
  functionPermissions: [],
  notify: ['everything@example.com'],
  environments: [
    { name: 'staging', notify: ['team@example.com'] },
    { name: 'prod', notify: ['on-call@example.com', 'Team@example.com'] },
  ],
});
const pipeline = notifications([environmentNamed('staging'), environmentNamed('prod', '222222222222')], notified);

const idOf = (type: string, Properties: object): string =>
  Object.keys(pipeline.findResources(type, { Properties }))[0] as string;

const notifier = idOf('AWS::Lambda::Function', { FunctionName: 'PipelineStack-notifier' });
const queue = { 'Fn::GetAtt': [idOf('AWS::SQS::Queue', { QueueName: 'PipelineStack-undelivered' }), 'Arn'] };
const topic = { Ref: idOf('AWS::SNS::Topic', { TopicName: 'PipelineStack-releases' }) };
const bus = { Ref: idOf('AWS::Events::EventBus', { Name: 'PipelineStack-releases' }) };
const invokesNotifier = [
  Match.objectLike({ Arn: { 'Fn::GetAtt': [notifier, 'Arn'] }, DeadLetterConfig: { Arn: queue } }),
];

test('the notifier can read its settings: environments, topic and pipeline', () => {
  const { TOPIC_ARN, ...variables } = pipeline.toJSON().Resources[notifier].Properties.Environment.Variables;
  expect(TOPIC_ARN).toEqual(topic);
  const role = (account: string, name: string) => `arn:aws:iam::${account}:role/release/greeter-${name}-watch`;
  const region = 'eu-central-1';
  expect(readSettings({ ...variables, TOPIC_ARN: 'arn' })).toEqual({
    topicArn: 'arn',
    pipeline: 'PipelineStack',
    environments: [
      {
        name: 'staging',
        stack: 'greeter-staging',
        account: '111111111111',
        region,
        role: role('111111111111', 'staging'),
      },
      { name: 'prod', stack: 'greeter-prod', account: '222222222222', region, role: role('222222222222', 'prod') },
    ],
  });
});

test('each address has one subscription, to all messages or to those of the environments that list it', () => {
  const subscriptions = Object.values(pipeline.findResources('AWS::SNS::Subscription')).map((each) => each.Properties);
  const email = (Endpoint: string) => ({ Endpoint, Protocol: 'email', TopicArn: topic });
  expect(subscriptions).toEqual([
    email('everything@example.com'),
    { ...email('team@example.com'), FilterPolicy: { environment: ['staging', 'prod'] } },
    { ...email('on-call@example.com'), FilterPolicy: { environment: ['prod'] } },
  ]);
});

test("CodeDeploy's events from the environments invoke the notifier", () => {
  pipeline.hasResourceProperties('AWS::Events::Rule', {
    EventBusName: bus,
    EventPattern: { source: ['aws.codedeploy'] },
    Targets: invokesNotifier,
  });
});

test('every stage of this pipeline that fails, and every environment that succeeds, invokes the notifier', () => {
  const stageRule = (detail: object) => ({
    EventBusName: Match.absent(),
    EventPattern: {
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Stage Execution State Change'],
      detail: { pipeline: ['PipelineStack'], ...detail },
    },
    Targets: invokesNotifier,
  });
  pipeline.hasResourceProperties('AWS::Events::Rule', stageRule({ state: ['FAILED'] }));
  pipeline.hasResourceProperties('AWS::Events::Rule', stageRule({ state: ['SUCCEEDED'], stage: ['staging', 'prod'] }));
  pipeline.resourceCountIs('AWS::Events::Rule', 3);
});

test('the accounts of environments, and no others, may put events on the bus', () => {
  pipeline.resourceCountIs('AWS::Events::EventBusPolicy', 1);
  pipeline.hasResourceProperties('AWS::Events::EventBusPolicy', {
    EventBusName: bus,
    Statement: Match.objectLike({
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Principal: { AWS: 'arn:aws:iam::222222222222:root' },
    }),
  });
  notifications([environmentNamed('staging'), environmentNamed('prod')]).resourceCountIs(
    'AWS::Events::EventBusPolicy',
    0,
  );
});

test('events that could not be processed are kept for two weeks, encrypted, and an alarm reports them on the topic', () => {
  pipeline.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'PipelineStack-notifier',
    DeadLetterConfig: { TargetArn: queue },
  });
  pipeline.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  pipeline.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  });
  pipeline.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'PipelineStack-undelivered',
    AlarmActions: [topic],
    MetricName: 'ApproximateNumberOfMessagesVisible',
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    Period: 60,
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('CloudWatch may publish only for that alarm, and publishing requires TLS', () => {
  pipeline.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: {
            ArnLike: {
              'aws:SourceArn': 'arn:aws:cloudwatch:eu-central-1:111111111111:alarm:PipelineStack-undelivered',
            },
            StringEquals: { 'aws:SourceAccount': '111111111111' },
          },
        }),
      ],
    },
  });
});

test('the notifier may read the environments and this pipeline, and publish on this topic', () => {
  pipeline.hasResourceProperties('AWS::IAM::Role', {
    RoleName: 'PipelineStack-notifier',
    Policies: [
      Match.objectLike({
        PolicyDocument: Match.objectLike({
          Statement: [
            Match.objectLike({ Action: 'sts:AssumeRole' }),
            Match.objectLike({ Action: 'codepipeline:ListActionExecutions' }),
            { Effect: 'Allow', Action: 'sns:Publish', Resource: topic },
          ],
        }),
      }),
    ],
  });
});
