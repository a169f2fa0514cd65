import { asText, type HandledChange } from '../handled-change';
import { calls, type HandlerTable, lifecycle, passing, type TableCall, when } from '../handler-table';

/**
 * Calls for the types of EventBridge, Scheduler, SNS, SQS and Kinesis.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const MESSAGING_HANDLERS: HandlerTable = {
  'AWS::Events::Rule': ruleCalls,
  'AWS::Events::EventBus': lifecycle({
    resource: (change) => change.arn('events', `event-bus/${change.name('Name', { longest: 256 })}`),
    create: ['events:CreateEventBus', 'events:DescribeEventBus'],
    update: ['events:UpdateEventBus', 'events:DescribeEventBus'],
    delete: ['events:DescribeEventBus', 'events:DeleteEventBus'],
    tags: { property: 'Tags', set: 'events:TagResource', remove: 'events:UntagResource' },
    more: (change, bus) => [
      ...when(change.sets('Policy'), calls(bus, 'events:PutPermission')),
      ...when(change.removes('Policy'), calls(bus, 'events:RemovePermission')),
    ],
  }),
  'AWS::Events::EventBusPolicy': lifecycle({
    resource: (change) =>
      change.arn('events', `event-bus/${change.has('EventBusName') ? change.text('EventBusName') : 'default'}`),
    create: ['events:PutPermission', 'events:DescribeEventBus'],
    update: ['events:PutPermission', 'events:DescribeEventBus'],
    delete: ['events:RemovePermission', 'events:DescribeEventBus'],
  }),
  'AWS::Events::ApiDestination': lifecycle({
    resource: (change) => change.arn('events', `api-destination/${change.name('Name', { longest: 64 })}`),
    create: ['events:CreateApiDestination', 'events:DescribeApiDestination'],
    update: ['events:DescribeApiDestination', 'events:UpdateApiDestination'],
    delete: ['events:DescribeApiDestination', 'events:DeleteApiDestination'],
  }),
  'AWS::Events::Connection': lifecycle({
    resource: (change) => change.arn('events', `connection/${change.name('Name', { longest: 64 })}`),
    create: ['events:CreateConnection'],
    update: ['events:DescribeConnection', 'events:UpdateConnection'],
    delete: ['events:DeleteConnection'],
    more: (change) =>
      when(
        change.operation !== 'delete',
        calls(
          change.arn('secretsmanager', 'secret:events!connection/*'),
          'secretsmanager:CreateSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
        ),
      ),
  }),
  'AWS::Scheduler::Schedule': lifecycle({
    resource: (change) =>
      change.arn(
        'scheduler',
        `schedule/${change.has('GroupName') ? change.text('GroupName') : 'default'}/${change.name('Name', { longest: 64 })}`,
      ),
    create: ['scheduler:CreateSchedule', 'scheduler:GetSchedule'],
    update: ['scheduler:GetSchedule', 'scheduler:UpdateSchedule'],
    delete: ['scheduler:GetSchedule', 'scheduler:DeleteSchedule'],
    passes: [['Target.RoleArn', 'scheduler.amazonaws.com']],
  }),
  'AWS::Scheduler::ScheduleGroup': lifecycle({
    resource: (change) => change.arn('scheduler', `schedule-group/${change.name('Name', { longest: 64 })}`),
    create: ['scheduler:CreateScheduleGroup', 'scheduler:GetScheduleGroup', 'scheduler:ListTagsForResource'],
    update: ['scheduler:GetScheduleGroup', 'scheduler:ListTagsForResource'],
    delete: ['scheduler:GetScheduleGroup', 'scheduler:DeleteScheduleGroup'],
    tags: { property: 'Tags', set: 'scheduler:TagResource', remove: 'scheduler:UntagResource' },
  }),
  'AWS::SNS::Topic': topicCalls,
  'AWS::SNS::TopicPolicy': (change) =>
    change.texts('Topics').flatMap((topic) => calls(topic, 'sns:SetTopicAttributes')),
  'AWS::SNS::TopicInlinePolicy': (change) => calls(change.text('TopicArn'), 'sns:SetTopicAttributes'),
  'AWS::SNS::Subscription': (change) => {
    const topic = change.text('TopicArn');
    if (change.operation === 'create') return calls(topic, 'sns:Subscribe');
    return calls(topic, change.operation === 'update' ? 'sns:SetSubscriptionAttributes' : 'sns:Unsubscribe');
  },
  'AWS::SQS::Queue': lifecycle({
    resource: queueArn,
    create: ['sqs:CreateQueue', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    update: ['sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'],
    delete: ['sqs:GetQueueAttributes', 'sqs:DeleteQueue'],
    tags: { property: 'Tags', set: 'sqs:TagQueue', remove: 'sqs:UntagQueue' },
  }),
  'AWS::SQS::QueuePolicy': (change) =>
    change.texts('Queues').flatMap((url) => calls(change.arn('sqs', lastPart(url)), 'sqs:SetQueueAttributes')),
  'AWS::SQS::QueueInlinePolicy': (change) =>
    calls(change.arn('sqs', lastPart(change.text('Queue'))), 'sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'),
  'AWS::Kinesis::Stream': lifecycle({
    resource: (change) => change.arn('kinesis', `stream/${change.name('Name', { longest: 128 })}`),
    create: ['kinesis:CreateStream', 'kinesis:DescribeStreamSummary'],
    update: ['kinesis:DescribeStreamSummary'],
    delete: ['kinesis:DescribeStreamSummary', 'kinesis:DeleteStream'],
    tags: { property: 'Tags', set: 'kinesis:AddTagsToStream', remove: 'kinesis:RemoveTagsFromStream' },
    more: (change, stream) =>
      when(change.operation !== 'delete', [
        ...when(change.sets('StreamEncryption'), calls(stream, 'kinesis:StartStreamEncryption')),
        ...when(change.removes('StreamEncryption'), calls(stream, 'kinesis:StopStreamEncryption')),
        ...when(change.sets('RetentionPeriodHours'), calls(stream, 'kinesis:IncreaseStreamRetentionPeriod')),
        ...when(change.operation === 'update' && change.sets('ShardCount'), calls(stream, 'kinesis:UpdateShardCount')),
      ]),
  }),
};

/** A rule's targets are set after the rule, and removed before it. */
function ruleCalls(change: HandledChange): readonly TableCall[] {
  // The physical id is the name, with the bus before it unless that is the default bus.
  const name = change.name('Name', { longest: 64 }).split('|').at(-1)!;
  const bus = change.has('EventBusName') ? lastPart(change.text('EventBusName')) : 'default';
  const rule = change.arn('events', `rule/${bus === 'default' ? '' : `${bus}/`}${name}`);
  const targets = change.items('Targets');
  if (change.operation === 'delete') {
    return [
      ...calls(rule, 'events:DescribeRule', 'events:ListTargetsByRule'),
      ...when(targets.length > 0, calls(rule, 'events:RemoveTargets')),
      ...calls(rule, 'events:DeleteRule'),
    ];
  }
  const ids = targets.map(({ Id }) => Id);
  const setsRule = change.changed.some((property) => property !== 'Targets' && property !== 'Tags');
  const tags = Object.keys(change.newTags('Tags')).length > 0;
  return [
    ...when(setsRule, calls(rule, 'events:PutRule')),
    ...calls(rule, 'events:DescribeRule'),
    ...when(change.sets('Targets'), [
      {
        action: 'events:PutTargets',
        resource: rule,
        context: { 'events:TargetArn': targets.map(({ Arn }) => asText(Arn)) },
      },
      ...targets.flatMap(({ RoleArn }) => (RoleArn ? [passing(asText(RoleArn), 'events.amazonaws.com')] : [])),
    ]),
    ...when(
      change.previousItems('Targets').some(({ Id }) => !ids.includes(Id)),
      calls(rule, 'events:RemoveTargets'),
    ),
    ...when(tags, calls(rule, 'events:TagResource')),
    ...when(change.removedTags('Tags').length > 0, calls(rule, 'events:UntagResource')),
  ];
}

function topicCalls(change: HandledChange): readonly TableCall[] {
  const topic = change.physicalId ?? change.arn('sns', change.name('TopicName', { longest: 256 }));
  return lifecycle({
    resource: () => topic,
    create: ['sns:CreateTopic', 'sns:GetTopicAttributes'],
    update: ['sns:GetTopicAttributes', 'sns:SetTopicAttributes'],
    delete: ['sns:DeleteTopic'],
    tags: { property: 'Tags', set: 'sns:TagResource', remove: 'sns:UntagResource' },
    more: () =>
      when(change.operation !== 'delete', [
        ...when(change.sets('Subscription'), calls(topic, 'sns:Subscribe')),
        ...when(
          change.operation === 'update' && change.changes('Subscription'),
          calls(topic, 'sns:ListSubscriptionsByTopic', 'sns:Unsubscribe'),
        ),
        ...when(change.sets('DataProtectionPolicy'), calls(topic, 'sns:PutDataProtectionPolicy')),
      ]),
  })(change);
}

/** The physical id of a queue is its URL. */
function queueArn(change: HandledChange): string {
  return change.arn('sqs', lastPart(change.name('QueueName', { longest: 80 })));
}

function lastPart(text: string): string {
  return text.split('/').at(-1)!;
}
