import { type MetricAlarm, paginateDescribeAlarmHistory, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { ReleaseClients } from '../aws/clients';
import type { Firing, MetricPoint } from '../outcome/function-release';
import { chunks } from './reading';

/** Names that DescribeAlarms accepts in one call (CloudWatch API reference). */
const NAMES_PER_CALL = 100;

/** @returns The alarms that still exist, by name. */
export async function readAlarms(
  { cloudWatch }: ReleaseClients,
  names: readonly string[],
): Promise<Map<string, MetricAlarm>> {
  const found = new Map<string, MetricAlarm>();
  for (const AlarmNames of chunks([...new Set(names)], NAMES_PER_CALL)) {
    for await (const page of paginateDescribeAlarms({ client: cloudWatch }, { AlarmNames, MaxRecords: 100 })) {
      for (const alarm of page.MetricAlarms ?? []) found.set(alarm.AlarmName ?? '', alarm);
    }
  }
  return found;
}

/**
 * Reads how an alarm fired from its history, which outlives alarms that the stack's rollback has deleted.
 *
 * @param until When the deployment ended; a later change did not stop it.
 * @returns The last change to ALARM; undefined when there was none.
 */
export async function readFiring(
  { cloudWatch }: ReleaseClients,
  AlarmName: string,
  until: Date,
): Promise<Firing | undefined> {
  const history = paginateDescribeAlarmHistory(
    { client: cloudWatch },
    { AlarmName, HistoryItemType: 'StateUpdate', EndDate: until, ScanBy: 'TimestampDescending', MaxRecords: 100 },
  );
  for await (const page of history) {
    for (const { Timestamp, HistoryData } of page.AlarmHistoryItems ?? []) {
      const firing = Timestamp && firingIn(HistoryData ?? '', Timestamp);
      if (firing) return firing;
    }
  }
  return undefined;
}

interface HistoryData {
  readonly newState?: {
    readonly stateValue?: string;
    readonly stateReason?: string;
    readonly stateReasonData?: ReasonData;
  };
}

/** Content of StateReasonData, as published notifications show it. */
interface ReasonData {
  readonly period?: number;
  readonly startDate?: string;
  readonly recentDatapoints?: readonly number[];
  readonly evaluatedDatapoints?: readonly { readonly timestamp?: string; readonly value?: number }[];
}

function firingIn(data: string, at: Date): Firing | undefined {
  const { newState } = parsed<HistoryData>(data) ?? {};
  if (newState?.stateValue !== 'ALARM') return undefined;
  return { at: at.toISOString(), reason: newState.stateReason ?? '', points: pointsIn(newState.stateReasonData ?? {}) };
}

/** @returns How an alarm that is in ALARM fired, from its own description. */
export function firingOf(alarm: MetricAlarm): Firing | undefined {
  if (alarm.StateValue !== 'ALARM' || !alarm.StateUpdatedTimestamp) return undefined;
  return {
    at: alarm.StateUpdatedTimestamp.toISOString(),
    reason: alarm.StateReason ?? '',
    points: pointsIn(parsed<ReasonData>(alarm.StateReasonData ?? '') ?? {}),
  };
}

/** The datapoints that decided. Older alarms have only their values, beginning at `startDate`. */
function pointsIn({ evaluatedDatapoints, recentDatapoints = [], startDate, period = 60 }: ReasonData): MetricPoint[] {
  const evaluated = (evaluatedDatapoints ?? []).flatMap(({ timestamp, value }) =>
    timestamp && value !== undefined ? [{ at: instant(timestamp), value }] : [],
  );
  if (evaluated.length > 0) return evaluated.sort((a, b) => (a.at < b.at ? -1 : 1));
  if (!startDate) return [];
  const start = Date.parse(instant(startDate));
  return recentDatapoints.map((value, index) => ({
    at: new Date(start + index * period * 1000).toISOString(),
    value,
  }));
}

/** CloudWatch writes `2026-11-20T09:03:00.000+0000`. */
function instant(text: string): string {
  return new Date(text.replace(/\+0000$/, 'Z')).toISOString();
}

function parsed<T>(json: string): T | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // Not JSON: the textual reason is all there is.
  }
}
