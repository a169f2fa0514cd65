import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type Subscriber, subscribers } from '../../../lib/config/subscribers';
import { Notifications } from '../../../lib/functions/notifications';
import { pipelineNames } from '../../../lib/names/pipeline-names';
import type { ReleaseTarget } from '../../../lib/release-target';
import { readSettings } from '../../../release/notify/settings';
import { HOME, targetOf } from '../targets';
import { testApp } from '../test-app';

function notifications(targets: readonly ReleaseTarget[], tellsTo: readonly Subscriber[] = []): Template {
  const stack = new Stack(testApp(), 'PipelineStack', { env: HOME });
  const names = pipelineNames(stack.stackName);
  new Notifications(stack, 'Notifications', { names, place: HOME, targets, subscribers: tellsTo });
  return Template.fromStack(stack);
}

const told = subscribers({
  repository: 'acme/greeter',
  branch: 'main',
  serviceDirectory: 'service',
  deployPermissions: [],
  notify: ['everything@example.com'],
  environments: [
    { name: 'staging', notify: ['team@example.com'] },
    { name: 'prod', notify: ['on-call@example.com', 'Team@example.com'] },
  ],
});
const pipeline = notifications([targetOf('staging'), targetOf('prod', '222222222222')], told);

const idOf = (type: string, Properties: object): string =>
  Object.keys(pipeline.findResources(type, { Properties }))[0] as string;

const notifier = idOf('AWS::Lambda::Function', { FunctionName: 'PipelineStack-notifier' });
const queue = { 'Fn::GetAtt': [idOf('AWS::SQS::Queue', { QueueName: 'PipelineStack-undelivered' }), 'Arn'] };
const topic = { Ref: idOf('AWS::SNS::Topic', { TopicName: 'PipelineStack-releases' }) };
const bus = { Ref: idOf('AWS::Events::EventBus', { Name: 'PipelineStack-releases' }) };
const tellsTheNotifier = [
  Match.objectLike({ Arn: { 'Fn::GetAtt': [notifier, 'Arn'] }, DeadLetterConfig: { Arn: queue } }),
];

test('the notifier understands which environments it is told of, and has the topic and the pipeline', () => {
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

test('an address is told of everything, or of the environments that name it, by one subscription', () => {
  const subscriptions = Object.values(pipeline.findResources('AWS::SNS::Subscription')).map((each) => each.Properties);
  const email = (Endpoint: string) => ({ Endpoint, Protocol: 'email', TopicArn: topic });
  expect(subscriptions).toEqual([
    email('everything@example.com'),
    { ...email('team@example.com'), FilterPolicy: { environment: ['staging', 'prod'] } },
    { ...email('on-call@example.com'), FilterPolicy: { environment: ['prod'] } },
  ]);
});

test('what CodeDeploy does in the environments comes to the notifier', () => {
  pipeline.hasResourceProperties('AWS::Events::Rule', {
    EventBusName: bus,
    EventPattern: { source: ['aws.codedeploy'] },
    Targets: tellsTheNotifier,
  });
});

test('of the stages of this pipeline, all that fail and the environments that succeed come to the notifier', () => {
  const ofStages = (detail: object) => ({
    EventBusName: Match.absent(),
    EventPattern: {
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Stage Execution State Change'],
      detail: { pipeline: ['PipelineStack'], ...detail },
    },
    Targets: tellsTheNotifier,
  });
  pipeline.hasResourceProperties('AWS::Events::Rule', ofStages({ state: ['FAILED'] }));
  pipeline.hasResourceProperties('AWS::Events::Rule', ofStages({ state: ['SUCCEEDED'], stage: ['staging', 'prod'] }));
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
  notifications([targetOf('staging'), targetOf('prod')]).resourceCountIs('AWS::Events::EventBusPolicy', 0);
});

test('what could not be delivered waits two weeks, encrypted, and an alarm tells of it on the topic', () => {
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

test('that alarm alone may publish from outside, and only by TLS', () => {
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

test('the notifier may watch the environments, look at this pipeline, and publish on this topic', () => {
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
