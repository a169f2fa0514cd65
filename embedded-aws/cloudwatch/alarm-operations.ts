import type { AlarmState } from '../../aws-rules/alarm-evaluation';
import { Unsupported } from '../errors';
import type { Operations } from '../protocol/api';
import type { Input } from '../protocol/input';
import { ALARM_MEMBERS, parseAlarm } from './alarm-definition';
import type { Alarms } from './alarms';
import { instant, invalid, list, oneOf, text } from './input';
import { parseDimensions } from './metric-query';
import { page } from './paging';

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/** Operations on alarms. */
export function alarmOperations(alarms: Alarms): Operations {
  return {
    PutMetricAlarm: {
      accepts: ALARM_MEMBERS,
      run: (input) => {
        alarms.put(parseAlarm(input));
      },
    },
    DeleteAlarms: {
      accepts: ['AlarmNames'],
      run: (input) => {
        const names = list<string>(input.AlarmNames, 'AlarmNames');
        for (const name of names) alarms.require(name);
        for (const name of names) alarms.delete(name);
      },
    },
    DescribeAlarms: {
      accepts: ['AlarmNames', 'AlarmNamePrefix', 'AlarmTypes', 'StateValue', 'ActionPrefix', 'MaxRecords', 'NextToken'],
      run: (input) => describeAlarms(alarms, input),
    },
    DescribeAlarmsForMetric: {
      accepts: ['MetricName', 'Namespace', 'Dimensions', 'Statistic', 'ExtendedStatistic', 'Period', 'Unit'],
      run: (input) => ({ MetricAlarms: alarmsForMetric(alarms, input) }),
    },
    DescribeAlarmHistory: {
      accepts: [
        'AlarmName',
        'AlarmTypes',
        'HistoryItemType',
        'StartDate',
        'EndDate',
        'MaxRecords',
        'NextToken',
        'ScanBy',
      ],
      run: (input) => describeHistory(alarms, input),
    },
    SetAlarmState: {
      accepts: ['AlarmName', 'StateValue', 'StateReason', 'StateReasonData'],
      run: (input) => {
        const state = oneOf(input.StateValue, STATES, 'StateValue');
        const data = input.StateReasonData;
        if (data !== undefined && !isJson(data)) throw invalid('StateReasonData is not JSON');
        alarms.set(text(input.AlarmName, 'AlarmName'), state, text(input.StateReason, 'StateReason'), data);
      },
    },
    EnableAlarmActions: { accepts: ['AlarmNames'], run: (input) => switchActions(alarms, input, true) },
    DisableAlarmActions: { accepts: ['AlarmNames'], run: (input) => switchActions(alarms, input, false) },
    ListTagsForResource: {
      accepts: ['ResourceARN'],
      run: (input) => {
        const name = text(input.ResourceARN, 'ResourceARN').split(':alarm:')[1];
        if (!name) throw new Unsupported(`monitoring:ListTagsForResource of ${input.ResourceARN}`);
        const { tags } = alarms.require(name).definition;
        return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      },
    },
  };
}

function describeAlarms(alarms: Alarms, input: Input): object {
  const names = input.AlarmNames === undefined ? undefined : new Set(list<string>(input.AlarmNames, 'AlarmNames'));
  const prefix: string = input.AlarmNamePrefix ?? '';
  if (names && prefix) throw invalid('AlarmNames and AlarmNamePrefix cannot both be given');
  const types = list<string>(input.AlarmTypes, 'AlarmTypes');
  const state: AlarmState | undefined = input.StateValue && oneOf(input.StateValue, STATES, 'StateValue');
  const found = alarms.list().filter((alarm) => {
    const { name, actions } = alarm.definition;
    if (types.length > 0 && !types.includes('MetricAlarm')) return false;
    if (names && !names.has(name)) return false;
    if (state && alarm.state !== state) return false;
    if (
      input.ActionPrefix &&
      !Object.values(actions).some((arns) => arns.some((arn) => arn.startsWith(input.ActionPrefix)))
    ) {
      return false;
    }
    return name.startsWith(prefix);
  });
  const { items, nextToken } = page(found, input, 50);
  return { MetricAlarms: items.map((alarm) => alarm.describe()), CompositeAlarms: [], NextToken: nextToken };
}

function alarmsForMetric(alarms: Alarms, input: Input): readonly object[] {
  const dimensions = JSON.stringify(sorted(parseDimensions(input.Dimensions)));
  const found = alarms
    .list()
    .filter(({ definition }) =>
      definition.queries.some(
        (query) =>
          query.type === 'metric' &&
          query.metric.namespace === input.Namespace &&
          query.metric.name === input.MetricName &&
          JSON.stringify(sorted(query.metric.dimensions)) === dimensions &&
          [undefined, query.statistic.name].includes(input.Statistic ?? input.ExtendedStatistic) &&
          (input.Period === undefined || Number(input.Period) === query.period) &&
          [undefined, query.unit].includes(input.Unit),
      ),
    );
  return found.map((alarm) => alarm.describe());
}

function describeHistory(alarms: Alarms, input: Input): object {
  const from = input.StartDate === undefined ? -Infinity : instant(input.StartDate, 'StartDate');
  const to = input.EndDate === undefined ? Infinity : instant(input.EndDate, 'EndDate');
  const types = list<string>(input.AlarmTypes, 'AlarmTypes');
  const found = alarms
    .history()
    .filter(
      (item) =>
        (types.length === 0 || types.includes('MetricAlarm')) &&
        (input.AlarmName === undefined || item.alarmName === input.AlarmName) &&
        (input.HistoryItemType === undefined || item.type === input.HistoryItemType) &&
        item.at >= from &&
        item.at <= to,
    );
  const ordered = input.ScanBy === 'TimestampAscending' ? found : found.reverse();
  const { items, nextToken } = page(ordered, input, 100);
  return {
    AlarmHistoryItems: items.map((item) => ({
      AlarmName: item.alarmName,
      AlarmType: 'MetricAlarm',
      Timestamp: new Date(item.at),
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
    NextToken: nextToken,
  };
}

function switchActions(alarms: Alarms, input: Input, actionsEnabled: boolean): undefined {
  for (const name of list<string>(input.AlarmNames, 'AlarmNames')) {
    const alarm = alarms.get(name);
    if (!alarm) continue;
    const members = { ...alarm.definition.members, ActionsEnabled: actionsEnabled };
    alarm.definition = { ...alarm.definition, actionsEnabled, members };
  }
}

function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

function isJson(data: unknown): boolean {
  try {
    JSON.parse(String(data));
    return true;
  } catch {
    return false;
  }
}
