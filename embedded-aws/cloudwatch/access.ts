import { type AccessRule, type AccessRules, need } from '../access/need';
import type { Input } from '../protocol/input';
import { arn, type Caller } from '../scope';

const alarms = (names: readonly string[], caller: Caller) =>
  names.map((name) => arn('cloudwatch', caller, `alarm:${name}`));
const onAlarm =
  (action: string): AccessRule =>
  ({ AlarmName }, caller) =>
    need(action, alarms([AlarmName], caller));
const onAlarms =
  (action: string): AccessRule =>
  ({ AlarmNames = [] }: Input, caller) =>
    need(action, alarms(AlarmNames, caller));

/**
 * Permissions that CloudWatch's operations need.
 *
 * Source: Service Authorization Reference, Amazon CloudWatch. DescribeAlarms is authorised on all alarms, whichever a
 * request names; DescribeAlarmHistory is on the one alarm that it names, if it names one.
 */
export const CLOUDWATCH_ACCESS: AccessRules = {
  PutMetricAlarm: (input, caller) =>
    need('cloudwatch:PutMetricAlarm', alarms([input.AlarmName], caller), {
      ...(input.AlarmActions && { 'cloudwatch:AlarmActions': input.AlarmActions }),
    }),
  DeleteAlarms: onAlarms('cloudwatch:DeleteAlarms'),
  DescribeAlarms: (_, caller) => need('cloudwatch:DescribeAlarms', alarms(['*'], caller)),
  DescribeAlarmsForMetric: () => need('cloudwatch:DescribeAlarmsForMetric'),
  DescribeAlarmHistory: ({ AlarmName = '*' }, caller) =>
    need('cloudwatch:DescribeAlarmHistory', alarms([AlarmName], caller)),
  SetAlarmState: onAlarm('cloudwatch:SetAlarmState'),
  EnableAlarmActions: onAlarms('cloudwatch:EnableAlarmActions'),
  DisableAlarmActions: onAlarms('cloudwatch:DisableAlarmActions'),
  ListTagsForResource: ({ ResourceARN }) => need('cloudwatch:ListTagsForResource', String(ResourceARN)),
  PutMetricData: ({ Namespace }) => need('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': Namespace }),
  GetMetricStatistics: () => need('cloudwatch:GetMetricStatistics'),
  GetMetricData: () => need('cloudwatch:GetMetricData'),
  ListMetrics: () => need('cloudwatch:ListMetrics'),
  GetDashboard: ({ DashboardName }, { accountId }) =>
    need('cloudwatch:GetDashboard', `arn:aws:cloudwatch::${accountId}:dashboard/${DashboardName}`),
  ListDashboards: () => need('cloudwatch:ListDashboards'),
};
