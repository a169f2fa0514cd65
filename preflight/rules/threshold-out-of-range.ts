import type { Metric, WatchedAlarm } from '../alarm';
import { canariesFor, FAILURES, REQUESTS } from '../view';
import { DEFINITION } from './phrases';
import type { PreflightRule, RuleProblem } from './rule';

/** @returns The values that a datapoint can have, undefined for metrics that the rule does not know. */
function rangeOf({
  namespace,
  name,
  statistic,
}: Metric): { readonly least: number; readonly most: number } | undefined {
  if (!['AWS/Lambda', 'AWS/ApiGateway'].includes(namespace)) return undefined;
  const unbounded = Number.POSITIVE_INFINITY;
  if (statistic === 'SampleCount') return { least: 1, most: unbounded };
  if (FAILURES.includes(name) || ['Throttles', '4xx', '4XXError'].includes(name)) {
    return { least: 0, most: statistic === 'Sum' ? unbounded : 1 };
  }
  if (REQUESTS.includes(name)) return { least: 1, most: statistic === 'Sum' ? unbounded : 1 };
  if (['Duration', 'Latency', 'IntegrationLatency', 'ConcurrentExecutions'].includes(name)) {
    return { least: 0, most: unbounded };
  }
  return undefined;
}

/** A threshold that no value of the statistic can cross, or that every value crosses. */
export const thresholdOutOfRange = {
  id: 'threshold-out-of-range',
  find: (subject) =>
    subject.alarms.flatMap((alarm): readonly RuleProblem[] => {
      if (alarm.watched.type !== 'metric' || alarm.threshold === undefined) return [];
      const { metric } = alarm.watched;
      const range = rangeOf(metric);
      const crossed = range && crossedBy(alarm, alarm.threshold, range);
      if (!range || crossed === undefined || crossed === 'some') return [];
      const values = Number.isFinite(range.most)
        ? `from ${range.least} to ${range.most}`
        : `of at least ${range.least}`;
      return [
        {
          severity: 'error',
          where: {
            path: `${alarm.path}.Threshold`,
            function: canariesFor(subject, alarm)[0]?.key,
            alarm: alarm.name,
          },
          why:
            `The ${metric.statistic} of ${metric.name} is a number ${values}, so ` +
            `${alarm.comparison} ${alarm.threshold} is ` +
            (crossed === 'none'
              ? 'never true: the alarm can never go into ALARM.'
              : 'always true: the alarm stops every release that gets a request.'),
          fix:
            range.most === 1 && alarm.threshold > 1
              ? `write a rate as a number from 0 to 1 (5 % is 0.05), or statistic: Sum for a number of requests, in ${DEFINITION}`
              : `write a threshold within that range in ${DEFINITION}`,
        },
      ];
    }),
} as const satisfies PreflightRule;

function crossedBy(
  { comparison }: WatchedAlarm,
  threshold: number,
  { least, most }: { readonly least: number; readonly most: number },
): 'none' | 'all' | 'some' | undefined {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return threshold >= most ? 'none' : threshold < least ? 'all' : 'some';
    case 'GreaterThanOrEqualToThreshold':
      return threshold > most ? 'none' : threshold <= least ? 'all' : 'some';
    case 'LessThanThreshold':
      return threshold <= least ? 'none' : threshold > most ? 'all' : 'some';
    case 'LessThanOrEqualToThreshold':
      return threshold < least ? 'none' : threshold >= most ? 'all' : 'some';
    default:
      return undefined;
  }
}
