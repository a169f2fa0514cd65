import { type MetricAlarm, paginateDescribeAlarmHistory, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { ReleaseClients } from '../aws/clients';
import type { Firing, Point } from '../outcome/function-release';
import { parcels } from './reading';

/** The most names that DescribeAlarms takes (CloudWatch API reference). */
const NAMES = 100;

/** @returns the alarms that still exist, by name */
export async function readAlarms(
  { cloudWatch }: ReleaseClients,
  names: readonly string[],
): Promise<Map<string, MetricAlarm>> {
  const found = new Map<string, MetricAlarm>();
  for (const AlarmNames of parcels([...new Set(names)], NAMES)) {
    for await (const page of paginateDescribeAlarms({ client: cloudWatch }, { AlarmNames, MaxRecords: 100 })) {
      for (const alarm of page.MetricAlarms ?? []) found.set(alarm.AlarmName ?? '', alarm);
    }
  }
  return found;
}

/**
 * Looks up how an alarm went off. Its history outlives it, so it tells of alarms that the stack's rollback has deleted.
 *
 * @param until when the deployment ended: what came later did not stop it
 * @returns the last time that it went off, undefined when it never did
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

/** What StateReasonData holds, as published notifications show it. */
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

/** @returns how an alarm that is on went off, by its own description */
export function firingOf(alarm: MetricAlarm): Firing | undefined {
  if (alarm.StateValue !== 'ALARM' || !alarm.StateUpdatedTimestamp) return undefined;
  return {
    at: alarm.StateUpdatedTimestamp.toISOString(),
    reason: alarm.StateReason ?? '',
    points: pointsIn(parsed<ReasonData>(alarm.StateReasonData ?? '') ?? {}),
  };
}

/** The points that decided. Older alarms only have their values, from `startDate` on. */
function pointsIn({ evaluatedDatapoints, recentDatapoints = [], startDate, period = 60 }: ReasonData): Point[] {
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
    return undefined; // no JSON: the reason in words is all there is
  }
}
