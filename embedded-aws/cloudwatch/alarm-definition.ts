import {
  type AlarmState,
  COMPARISON_OPERATORS,
  type ComparisonOperator,
  MISSING_DATA_TREATMENTS,
  type MissingDataTreatment,
} from '../../aws-rules/alarm-evaluation';
import { Unsupported } from '../errors';
import type { Input } from '../protocol/input';
import { boolean, invalid, list, number, oneOf, refuseOthers, text } from './input';
import { commonPeriod, type MetricQuery, parseDimensions, parseQueries, QueryRun } from './metric-query';
import { parseStatistic } from './statistic';

/** What an alarm watches and when it goes to ALARM, validated. */
export interface AlarmDefinition {
  readonly name: string;
  /** One metric, or an expression and its metrics. */
  readonly queries: readonly MetricQuery[];
  /** Id of the query whose value is compared with the threshold. */
  readonly watched: string;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  /**
   * As in the request. CloudWatch words its reasons differently where it is absent.
   *
   * @default - evaluationPeriods
   */
  readonly datapointsToAlarm: number | undefined;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
  readonly treatMissingData: MissingDataTreatment;
  /** Whether a percentile of too few samples is evaluated. */
  readonly lowSamples: 'evaluate' | 'ignore';
  readonly actionsEnabled: boolean;
  /** ARNs of SNS topics, by the state that the alarm enters. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  /** Tag values by key. */
  readonly tags: Readonly<Record<string, string>>;
  /** The members that DescribeAlarms returns. */
  readonly members: Input;
}

/** The members of PutMetricAlarm, which are also the properties of AWS::CloudWatch::Alarm. */
export const ALARM_MEMBERS = [
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
  'Tags',
] as const;

/**
 * Reads the members of PutMetricAlarm.
 *
 * @throws AwsError ValidationError for what CloudWatch rejects.
 * @throws Unsupported for what only CloudWatch supports.
 */
export function parseAlarm(given: Input): AlarmDefinition {
  const name = text(given.AlarmName, 'AlarmName');
  const queries = parseWatched(given);
  const watched = queries.filter((query) => query.returned);
  if (watched.length !== 1) throw invalid('exactly one element of the metrics list should return data');
  if (queries.filter((query) => query.type === 'metric').length > 10) {
    throw invalid('a metric math expression of an alarm can use at most 10 metrics');
  }
  // Evaluated once without data, to find unknown ids, circular references and operands of the wrong type.
  new QueryRun(queries, [{ from: 0, to: 60_000 }], { observe: () => undefined }).series(watched[0]!.id);
  const period = commonPeriod(queries);
  const evaluationPeriods = count(given.EvaluationPeriods, 'EvaluationPeriods');
  checkPeriod(period, evaluationPeriods);
  const datapointsToAlarm =
    given.DatapointsToAlarm === undefined ? undefined : count(given.DatapointsToAlarm, 'DatapointsToAlarm');
  if ((datapointsToAlarm ?? 0) > evaluationPeriods) {
    throw invalid(`DatapointsToAlarm (${datapointsToAlarm}) must be at most EvaluationPeriods (${evaluationPeriods})`);
  }
  const definition = {
    name,
    queries,
    watched: watched[0]!.id,
    period,
    evaluationPeriods,
    datapointsToAlarm,
    threshold: number(given.Threshold, 'Threshold'),
    comparison: parseComparison(given.ComparisonOperator),
    treatMissingData: oneOf(given.TreatMissingData ?? 'missing', MISSING_DATA_TREATMENTS, 'TreatMissingData'),
    lowSamples: oneOf(
      given.EvaluateLowSampleCountPercentile ?? 'evaluate',
      ['evaluate', 'ignore'] as const,
      'EvaluateLowSampleCountPercentile',
    ),
    actionsEnabled: given.ActionsEnabled === undefined ? true : boolean(given.ActionsEnabled, 'ActionsEnabled'),
    actions: {
      OK: parseActions(given.OKActions, 'OKActions'),
      ALARM: parseActions(given.AlarmActions, 'AlarmActions'),
      INSUFFICIENT_DATA: parseActions(given.InsufficientDataActions, 'InsufficientDataActions'),
    },
    tags: Object.fromEntries(list(given.Tags, 'Tags').map(({ Key, Value }) => [Key, Value])),
  };
  return { ...definition, members: described(given, definition) };
}

function parseWatched(given: Input): readonly MetricQuery[] {
  if (list(given.Metrics, 'Metrics').length > 0) {
    const both = ['MetricName', 'Namespace', 'Statistic', 'ExtendedStatistic', 'Period', 'Unit'].filter(
      (member) => given[member] !== undefined,
    );
    if (both.length > 0) throw invalid(`${both.join(', ')} cannot be given together with Metrics`);
    return parseQueries(list(given.Metrics, 'Metrics'));
  }
  if ((given.Statistic === undefined) === (given.ExtendedStatistic === undefined)) {
    throw invalid('one of Statistic and ExtendedStatistic must be given, not both');
  }
  const metric = {
    namespace: text(given.Namespace, 'Namespace'),
    name: text(given.MetricName, 'MetricName'),
    dimensions: parseDimensions(given.Dimensions),
  };
  const statistic = parseStatistic(given.Statistic ?? given.ExtendedStatistic);
  const period = number(given.Period, 'Period');
  return [
    { type: 'metric', id: 'm1', label: metric.name, returned: true, metric, statistic, period, unit: given.Unit },
  ];
}

function parseComparison(given: unknown): ComparisonOperator {
  if (/^(LessThanLowerOrGreaterThanUpper|LessThanLower|GreaterThanUpper)Threshold$/.test(String(given))) {
    throw new Unsupported(`the comparison operator ${given} (anomaly detection)`);
  }
  return oneOf(given, COMPARISON_OPERATORS, 'ComparisonOperator');
}

function parseActions(given: unknown, name: string): readonly string[] {
  const actions = list<unknown>(given, name).map((action) => text(action, name));
  const unsupported = actions.find((action) => !/^arn:aws[\w-]*:sns:/.test(action));
  if (unsupported) throw new Unsupported(`the alarm action ${unsupported}`, 'write the ARN of an SNS topic');
  return actions;
}

function checkPeriod(period: number, evaluationPeriods: number): void {
  if (period !== 10 && period !== 30 && (period < 60 || period % 60 !== 0)) {
    throw invalid(`Period is ${period}, valid values are 10, 30 and any multiple of 60`);
  }
  if (period * evaluationPeriods > 86_400) {
    throw invalid('Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).');
  }
}

function count(given: unknown, name: string): number {
  const read = number(given, name);
  if (!Number.isInteger(read) || read < 1) throw invalid(`'${name}' is ${read}, expected a whole number from 1`);
  return read;
}

/** @returns The members with numbers, booleans and lists in place of a protocol's text. */
function described(given: Input, definition: Omit<AlarmDefinition, 'members'>): Input {
  const single = list(given.Metrics, 'Metrics').length === 0;
  const { Tags, ...members } = given;
  refuseOthers(given, ALARM_MEMBERS, 'an alarm');
  return {
    ...members,
    ActionsEnabled: definition.actionsEnabled,
    OKActions: definition.actions.OK,
    AlarmActions: definition.actions.ALARM,
    InsufficientDataActions: definition.actions.INSUFFICIENT_DATA,
    Dimensions: list(given.Dimensions, 'Dimensions'),
    Period: single ? definition.period : undefined,
    Metrics: single ? undefined : given.Metrics,
    EvaluationPeriods: definition.evaluationPeriods,
    DatapointsToAlarm: definition.datapointsToAlarm,
    Threshold: definition.threshold,
  };
}
