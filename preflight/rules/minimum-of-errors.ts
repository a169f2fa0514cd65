import { metricsOf } from '../alarm';
import { FAILURES } from '../view';
import type { Rule } from './rule';
import { canariesFor, DEFINITION } from './words';

/** `Errors` is 0 or 1 for each invocation (Lambda guide, "types of metrics"), so its least value is 1 only if all fail. */
export const minimumOfErrors = {
  id: 'minimum-of-errors',
  find: (subject) =>
    subject.alarms
      .filter(({ watched }) =>
        metricsOf(watched).some(({ name, statistic }) => statistic === 'Minimum' && FAILURES.includes(name)),
      )
      .map((alarm) => ({
        severity: 'error',
        where: {
          path: `${alarm.path}.${alarm.watched.type === 'metric' ? 'Statistic' : 'Metrics'}`,
          function: canariesFor(subject, alarm)[0]?.key,
          alarm: alarm.name,
        },
        why:
          'The minimum of a metric that is 0 or 1 for each request is 1 only if every single request of the period ' +
          'failed. One request that goes well keeps the alarm silent.',
        fix: `write statistic: Sum for a number of errors, or Average for their rate, in ${DEFINITION}`,
      })),
} as const satisfies Rule;
