import { metricsOf } from '../alarm';
import { canariesFor, FAILURES } from '../view';
import { DEFINITION } from './phrases';
import type { PreflightRule } from './rule';

/** `Errors` is 0 or 1 for each invocation (Lambda guide, "types of metrics"), so its minimum is 1 only if all fail. */
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
          'The metric is 0 or 1 for each request, so its minimum is 1 only if every request of the period failed: a single ' +
          'request that succeeds keeps the alarm from going into ALARM.',
        fix: `write statistic: Sum for a number of errors, or Average for their rate, in ${DEFINITION}`,
      })),
} as const satisfies PreflightRule;
