/** The states of an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Operators of static thresholds. CloudWatch has three more, for anomaly detection. */
export const COMPARISON_OPERATORS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;

export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];

export const MISSING_DATA_TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

export type MissingDataTreatment = (typeof MISSING_DATA_TREATMENTS)[number];

/** How many datapoints an alarm evaluates, and how. */
interface AlarmRule {
  readonly evaluationPeriods: number;
  /** @default - evaluationPeriods */
  readonly datapointsToAlarm?: number | undefined;
  readonly treatMissingData: MissingDataTreatment;
}

/** The result of an evaluation. */
export interface AlarmEvaluation {
  /** `unchanged`: the alarm keeps its state. */
  readonly state: AlarmState | 'unchanged';
  /** Indexes of the real datapoints that decided, newest first. */
  readonly decisive: readonly number[];
  /** Number of missing datapoints that were filled in. */
  readonly filled: number;
}

/**
 * @returns How many periods back an alarm looks. AWS publishes one example, 5 for three evaluation periods of five
 *   minutes. An alarm with one period of a minute was observed to keep its state for five minutes after its metric
 *   stopped. The rest is inferred (docs/fidelity.md).
 */
export function evaluationRange(evaluationPeriods: number): number {
  return Math.max(5, evaluationPeriods + 2);
}

/** @returns Whether a value breaches a threshold. */
export function breaches(value: number, operator: ComparisonOperator, threshold: number): boolean {
  switch (operator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

/**
 * Evaluates the datapoints of an evaluation range. If there are fewer real ones than evaluation periods, missing ones
 * are filled in as `treatMissingData` says.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @param breaching Whether each datapoint breaches, oldest first; undefined for a missing datapoint.
 */
export function evaluateAlarm(breaching: readonly (boolean | undefined)[], rule: AlarmRule): AlarmEvaluation {
  const periods = rule.evaluationPeriods;
  const toAlarm = rule.datapointsToAlarm ?? periods;
  const decisive: number[] = [];
  let oldest: number | undefined;
  let breachingCount = 0;
  for (let index = breaching.length - 1; index >= 0; index -= 1) {
    if (breaching[index] === undefined) continue;
    oldest = index;
    if (decisive.length === periods) continue;
    decisive.push(index);
    if (breaching[index]) breachingCount += 1;
  }
  const filled = periods - decisive.length;
  const result = (state: AlarmEvaluation['state']): AlarmEvaluation => ({ state, decisive, filled });

  if (breachingCount >= toAlarm) return result('ALARM');
  // With enough real datapoints the treatment of missing ones does not matter.
  if (filled === 0) return result('OK');
  switch (rule.treatMissingData) {
    case 'notBreaching':
      return result('OK');
    case 'breaching':
      return result(breachingCount + filled >= toAlarm ? 'ALARM' : 'OK');
    case 'ignore':
      return result(breachingCount < decisive.length ? 'OK' : 'unchanged');
    case 'missing':
      if (breachingCount < decisive.length) return result('OK');
      return result(isPremature(oldest, breaching.length, toAlarm) ? 'INSUFFICIENT_DATA' : 'ALARM');
  }
}

/**
 * "Avoiding premature transitions to alarm state": there are few datapoints, and all of them breach. Once the oldest is
 * `toAlarm` periods old, the alarm goes to ALARM. Before that, the page's tables of 2019 say INSUFFICIENT_DATA; its
 * current text says only that the alarm does not go to ALARM.
 */
function isPremature(oldest: number | undefined, range: number, toAlarm: number): boolean {
  return oldest === undefined || range - oldest < toAlarm;
}
