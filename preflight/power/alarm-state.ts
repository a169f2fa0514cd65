import { evaluateAlarm, MISSING_DATA_TREATMENTS } from '../../aws-rules/alarm-evaluation';

/** The datapoint of a period, compared with the threshold. */
export type PointKind = 'missing' | 'fine' | 'breaching';

/** How an alarm of a template evaluates its datapoints, with every default filled in. */
export interface TemplateAlarmRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** As in the template. Any unknown value counts as `notBreaching`. */
  readonly treatMissingData: string;
}

/**
 * Evaluates an alarm.
 *
 * @param points Oldest first, as many as the evaluation range has periods.
 * @param before Whether it was in ALARM before.
 * @returns Whether it is in ALARM afterwards.
 */
export function isInAlarm(points: readonly PointKind[], rule: TemplateAlarmRule, before: boolean): boolean {
  const breaching = points.map((point) => (point === 'missing' ? undefined : point === 'breaching'));
  const treatMissingData = MISSING_DATA_TREATMENTS.find((known) => known === rule.treatMissingData) ?? 'notBreaching';
  const { state } = evaluateAlarm(breaching, { ...rule, treatMissingData });
  return state === 'unchanged' ? before : state === 'ALARM';
}
