import type { HandledChange } from '../handled-change';
import { calls, type HandlerTable, lifecycle, passRole, type TableCall, when } from '../handler-table';

const ALARM_TAGS = { property: 'Tags', set: 'cloudwatch:TagResource', remove: 'cloudwatch:UntagResource' };

/**
 * Calls for the types of CloudWatch and CloudWatch Logs.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
export const MONITORING_HANDLERS: HandlerTable = {
  'AWS::CloudWatch::Alarm': lifecycle({
    resource: alarmArn,
    create: ['cloudwatch:PutMetricAlarm'],
    update: ['cloudwatch:PutMetricAlarm'],
    delete: ['cloudwatch:DeleteAlarms'],
    tags: ALARM_TAGS,
    more: describeAlarms,
  }),
  'AWS::CloudWatch::CompositeAlarm': lifecycle({
    resource: alarmArn,
    create: ['cloudwatch:PutCompositeAlarm'],
    update: ['cloudwatch:PutCompositeAlarm'],
    delete: ['cloudwatch:DeleteAlarms'],
    tags: ALARM_TAGS,
    more: describeAlarms,
  }),
  'AWS::CloudWatch::Dashboard': lifecycle({
    resource: (change) => change.globalArn('cloudwatch', `dashboard/${change.name('DashboardName', { longest: 255 })}`),
    create: ['cloudwatch:PutDashboard'],
    update: ['cloudwatch:PutDashboard'],
    delete: ['cloudwatch:DeleteDashboards'],
  }),
  'AWS::Logs::LogGroup': logGroupCalls,
  'AWS::Logs::MetricFilter': lifecycle({
    resource: (change) => logGroupArn(change, change.text('LogGroupName')),
    create: ['logs:DescribeMetricFilters', 'logs:PutMetricFilter'],
    update: ['logs:DescribeMetricFilters', 'logs:PutMetricFilter'],
    delete: ['logs:DeleteMetricFilter'],
  }),
  'AWS::Logs::SubscriptionFilter': lifecycle({
    resource: (change) => logGroupArn(change, change.text('LogGroupName')),
    create: ['logs:DescribeSubscriptionFilters', 'logs:PutSubscriptionFilter'],
    update: ['logs:DescribeSubscriptionFilters', 'logs:PutSubscriptionFilter'],
    delete: ['logs:DeleteSubscriptionFilter'],
    passes: [['RoleArn', 'logs.amazonaws.com']],
  }),
  'AWS::Logs::ResourcePolicy': lifecycle({
    resource: () => '*',
    create: ['logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'],
    update: ['logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'],
    delete: ['logs:DeleteResourcePolicy'],
  }),
  'AWS::KinesisFirehose::DeliveryStream': lifecycle({
    resource: (change) =>
      change.arn('firehose', `deliverystream/${change.name('DeliveryStreamName', { longest: 64 })}`),
    create: ['firehose:CreateDeliveryStream', 'firehose:DescribeDeliveryStream'],
    update: ['firehose:DescribeDeliveryStream', 'firehose:UpdateDestination'],
    delete: ['firehose:DescribeDeliveryStream', 'firehose:DeleteDeliveryStream'],
    tags: { property: 'Tags', set: 'firehose:TagDeliveryStream', remove: 'firehose:UntagDeliveryStream' },
    more: (change) =>
      when(
        change.operation !== 'delete',
        [...change.changed].flatMap((destination) =>
          passRole(change, `${destination}.RoleARN`, 'firehose.amazonaws.com'),
        ),
      ),
  }),
};

function alarmArn(change: HandledChange): string {
  return change.arn('cloudwatch', `alarm:${change.name('AlarmName', { longest: 255 })}`);
}

/** DescribeAlarms is authorised on all alarms, whichever the request names. */
function describeAlarms(change: HandledChange): readonly TableCall[] {
  return calls(change.arn('cloudwatch', 'alarm:*'), 'cloudwatch:DescribeAlarms');
}

/** Tagging is authorised on the ARN of the group, everything else on its log streams. */
function logGroupCalls(change: HandledChange): readonly TableCall[] {
  const name = change.name('LogGroupName', { longest: 512 });
  const group = logGroupArn(change, name);
  const all = calls(logGroupArn(change, ''), 'logs:DescribeLogGroups');
  if (change.operation === 'delete') return [...all, ...calls(group, 'logs:DeleteLogGroup')];
  const tagged = change.arn('logs', `log-group:${name}`);
  const creating = change.operation === 'create';
  const tags = Object.keys(change.newTags('Tags')).length > 0;
  const context = tags ? { 'aws:TagKeys': Object.keys(change.newTags('Tags')) } : undefined;
  return [
    ...when(creating, calls(group, 'logs:CreateLogGroup')),
    ...all,
    ...when(change.sets('RetentionInDays'), calls(group, 'logs:PutRetentionPolicy')),
    ...when(change.removes('RetentionInDays'), calls(group, 'logs:DeleteRetentionPolicy')),
    ...when(!creating && change.sets('KmsKeyId'), calls(group, 'logs:AssociateKmsKey')),
    ...when(change.removes('KmsKeyId'), calls(group, 'logs:DisassociateKmsKey')),
    ...when(change.sets('DataProtectionPolicy'), calls(group, 'logs:PutDataProtectionPolicy')),
    ...when(change.removes('DataProtectionPolicy'), calls(group, 'logs:DeleteDataProtectionPolicy')),
    ...(context ? [{ action: 'logs:TagResource', resource: tagged, context }] : []),
    ...when(tags, calls(tagged, 'logs:ListTagsForResource')),
    ...when(change.removedTags('Tags').length > 0, calls(tagged, 'logs:UntagResource')),
  ];
}

function logGroupArn(change: HandledChange, name: string): string {
  return change.arn('logs', `log-group:${name}:log-stream:`);
}
