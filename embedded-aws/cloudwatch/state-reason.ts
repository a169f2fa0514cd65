import type { AlarmEvaluation, ComparisonOperator } from '../../aws-rules/alarm-evaluation';
import type { AlarmDefinition } from './alarm-definition';

/** The datapoint of one period. */
export interface Datapoint {
  /** Start of the period, milliseconds since the epoch. */
  readonly at: number;
  readonly value: number | undefined;
  /**
   * Number of samples.
   *
   * @default - unknown, for the result of an expression
   */
  readonly samples?: number;
}

/** The reason of every alarm before its first evaluation. */
export const INITIAL_REASON = 'Unchecked: Initial alarm creation';

const COMPARISON_TEXTS: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** @returns The StateReason in CloudWatch's wording, taken from published notifications. */
export function stateReason(
  definition: AlarmDefinition,
  points: readonly Datapoint[],
  evaluation: AlarmEvaluation,
  breaching: readonly (boolean | undefined)[],
): string {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = definition;
  if (evaluation.state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(evaluationPeriods, 'datapoint')} ${was(evaluationPeriods)} unknown.`;
  }
  const alarm = evaluation.state === 'ALARM';
  const shown = evaluation.decisive.filter((index) => breaching[index] === alarm).map((index) => points[index]!);
  const assumed = treatMissingData === 'breaching' || treatMissingData === 'notBreaching' ? evaluation.filled : 0;
  const filled =
    assumed > 0 &&
    `${count(assumed, 'missing datapoint')} ${was(assumed)} treated as [${treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching'}]`;
  if (evaluation.decisive.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${count(evaluationPeriods, 'period')} and ${filled}.`;
  }
  const size =
    datapointsToAlarm === undefined
      ? count(shown.length, 'datapoint')
      : `${shown.length} out of the last ${count(evaluationPeriods, 'datapoint', true)}`;
  const values = shown.map(({ at, value }) => `${decimal(value!)} (${shortDate(at)})`).join(', ');
  const comparison = `${was(shown.length)} ${alarm ? '' : 'not '}${COMPARISON_TEXTS[definition.comparison]} the threshold (${decimal(definition.threshold)})`;
  const minimum = alarm ? (datapointsToAlarm ?? 0) : evaluationPeriods - (datapointsToAlarm ?? 0) + 1;
  const transition =
    datapointsToAlarm !== undefined &&
    ` (minimum ${count(minimum, 'datapoint')} for ${alarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`;
  return `Threshold Crossed: ${size} [${values}] ${comparison}${filled ? ` and ${filled}` : ''}${transition || ''}.`;
}

/**
 * @param now Milliseconds since the epoch.
 * @returns The StateReasonData, in CloudWatch's JSON.
 */
export function stateReasonData(
  definition: AlarmDefinition,
  points: readonly Datapoint[],
  evaluation: AlarmEvaluation,
  now: number,
): string {
  const used = evaluation.decisive.map((index) => points[index]!);
  const query = definition.queries.find(({ id }) => id === definition.watched);
  const statistic = query?.type === 'metric' ? query.statistic.name : undefined;
  return JSON.stringify({
    version: '1.0',
    queryDate: longDate(now),
    startDate: used.length > 0 ? longDate(used.at(-1)!.at) : undefined,
    unit: query?.type === 'metric' ? query.unit : undefined,
    statistic,
    period: definition.period,
    recentDatapoints: used.map((point) => point.value).reverse(),
    threshold: definition.threshold,
    evaluatedDatapoints: used.map(({ at, value, samples }) => ({
      timestamp: longDate(at),
      sampleCount: samples,
      value,
    })),
  });
}

function count(size: number, noun: string, plural = size !== 1): string {
  return `${size} ${noun}${plural ? 's' : ''}`;
}

function was(size: number): string {
  return size === 1 ? 'was' : 'were';
}

/** CloudWatch writes doubles: `5.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `20/11/26 09:03:00` */
function shortDate(at: number): string {
  const [, year, month, day, time] = /^..(..)-(..)-(..)T(.{8})/.exec(new Date(at).toISOString())!;
  return `${day}/${month}/${year} ${time}`;
}

/** `2026-11-20T09:03:00.000+0000` */
function longDate(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
