import { metricsOf } from '../alarm';
import { viewOf } from '../view';
import type { Problem, Rule } from './rule';
import { canariesFor, DEFINITION } from './words';

/** A metric that AWS never reports, or that requests by the alias never reach. */
export const metricWithoutData = {
  id: 'metric-without-data',
  find: (subject) =>
    subject.alarms.flatMap((alarm): readonly Problem[] => {
      const canary = canariesFor(subject, alarm)[0];
      const where = { path: alarm.path, function: canary?.key, alarm: alarm.name };
      const found: Problem[] = [];
      for (const metric of metricsOf(alarm.watched)) {
        const view = canary && viewOf(subject.template, canary, metric);
        if (view?.type === 'nothing') {
          found.push({
            severity: 'error',
            where,
            why: `Nothing of what ${canary!.key} serves is reported as ${metric.name} under these dimensions: ${view.why}. The alarm can never go off.`,
            fix: `write the dimensions, and the name of the metric, as AWS reports them in ${DEFINITION}`,
          });
        }
        if (metric.namespace.startsWith('AWS/') && metric.period < 60) {
          found.push({
            severity: 'error',
            where,
            why: `AWS reports ${metric.namespace} ${metric.name} by the minute, so a period of ${metric.period} s has no data of its own.`,
            fix: `write period: 60 in ${DEFINITION}`,
          });
        }
      }
      if (alarm.datapointsToAlarm > alarm.evaluationPeriods) {
        found.push({
          severity: 'error',
          where: { ...where, path: `${alarm.path}.DatapointsToAlarm` },
          why: `${alarm.datapointsToAlarm} of ${alarm.evaluationPeriods} periods cannot breach, and CloudWatch refuses the alarm.`,
          fix: `write a datapointsToAlarm of at most evaluationPeriods in ${DEFINITION}`,
        });
      }
      return found;
    }),
} as const satisfies Rule;
