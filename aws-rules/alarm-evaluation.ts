import type { AlarmState, Comparison, MissingDataTreatment } from '../embedded-aws/cloudwatch/alarm-definition';

/** What an alarm looks at: one value a period, and how it is judged. */
export interface AlarmRule {
  readonly evaluationPeriods: number;
  /** @default evaluationPeriods */
  readonly datapointsToAlarm?: number | undefined;
  readonly treatMissingData: MissingDataTreatment;
}

/** What the datapoints say. */
export interface Judgement {
  /** `unchanged`: the alarm stays in the state it has */
  readonly state: AlarmState | 'unchanged';
  /** indexes of the real datapoints that decided, newest first */
  readonly decisive: readonly number[];
  /** how many missing datapoints were filled in */
  readonly filled: number;
}

/**
 * How many periods an alarm looks back. AWS publishes one example, 5 for three evaluation periods of five minutes; an
 * alarm of one one-minute period was seen to keep its state for five minutes after its metric fell silent (inferred).
 */
export function evaluationRange(evaluationPeriods: number): number {
  return Math.max(5, evaluationPeriods + 2);
}

export function breaches(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
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
 * Judges the datapoints of an evaluation range as "Configuring how CloudWatch alarms treat missing data" says, in the
 * words and tables of that page.
 *
 * @param breaching oldest first; undefined is a missing datapoint
 */
export function judge(breaching: readonly (boolean | undefined)[], rule: AlarmRule): Judgement {
  const wanted = rule.evaluationPeriods;
  const toAlarm = rule.datapointsToAlarm ?? wanted;
  const real = breaching.flatMap((each, index) => (each === undefined ? [] : [index])).reverse();
  const decisive = real.slice(0, wanted);
  const filled = wanted - decisive.length;
  const bad = decisive.filter((index) => breaching[index]).length;
  const verdict = (state: Judgement['state']): Judgement => ({ state, decisive, filled });

  if (bad >= toAlarm) return verdict('ALARM');
  // Enough real points: how missing data is treated does not matter.
  if (filled === 0) return verdict('OK');
  switch (rule.treatMissingData) {
    case 'notBreaching':
      return verdict('OK');
    case 'breaching':
      return verdict(bad + filled >= toAlarm ? 'ALARM' : 'OK');
    case 'ignore':
      return verdict(bad < decisive.length ? 'OK' : 'unchanged');
    case 'missing':
      if (bad < decisive.length) return verdict('OK');
      return verdict(isPremature(real, breaching.length, toAlarm) ? 'ALARM' : 'INSUFFICIENT_DATA');
  }
}

/**
 * "Avoiding premature transitions to alarm state": few points, all of them breaching. Once the oldest is as old as
 * `toAlarm` periods, the alarm goes off all the same. Before that, the page's tables of 2019 say INSUFFICIENT_DATA; its
 * later text only says that the alarm does not go into ALARM.
 */
function isPremature(real: readonly number[], range: number, toAlarm: number): boolean {
  const oldest = real.at(-1);
  return oldest !== undefined && range - oldest >= toAlarm;
}
