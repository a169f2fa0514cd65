import type { Alarm, Metric } from '../alarm';
import { FAILURES, REQUESTS } from '../view';
import type { Problem, Rule } from './rule';
import { canariesFor, DEFINITION } from './words';

/** The values that a datapoint can have; undefined for a metric that is not known here. */
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

/** A threshold that no value, or every value, of the statistic crosses. */
export const thresholdOutOfRange = {
  id: 'threshold-out-of-range',
  find: (subject) =>
    subject.alarms.flatMap((alarm): readonly Problem[] => {
      if (alarm.watched.type !== 'metric' || alarm.threshold === undefined) return [];
      const { metric } = alarm.watched;
      const range = rangeOf(metric);
      const crossed = range && crossedBy(alarm, alarm.threshold, range);
      if (!range || crossed === undefined || crossed === 'some') return [];
      const most = Number.isFinite(range.most) ? `to ${range.most}` : 'up';
      return [
        {
          severity: 'error',
          where: {
            path: `${alarm.path}.Threshold`,
            function: canariesFor(subject, alarm)[0]?.key,
            alarm: alarm.name,
          },
          why:
            `The ${metric.statistic} of ${metric.name} is a number from ${range.least} ${most}, so ` +
            `${alarm.comparison} ${alarm.threshold} is ` +
            (crossed === 'none'
              ? 'never true: the alarm can never go off.'
              : 'always true: the alarm stops every release that gets a request.'),
          fix:
            range.most === 1 && alarm.threshold > 1
              ? `write a rate as a number from 0 to 1 (5 % is 0.05), or statistic: Sum for a number of requests, in ${DEFINITION}`
              : `write a threshold within that range in ${DEFINITION}`,
        },
      ];
    }),
} as const satisfies Rule;

function crossedBy(
  { comparison }: Alarm,
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
