import { metricsOf } from '../alarm';
import { canariesFor, viewOf } from '../view';
import { DEFINITION } from './phrases';
import type { PreflightRule, RuleProblem } from './rule';

/** A metric that AWS never reports, or that does not count requests through the alias. */
export const metricWithoutData = {
  id: 'metric-without-data',
  find: (subject) =>
    subject.alarms.flatMap((alarm): readonly RuleProblem[] => {
      const canary = canariesFor(subject, alarm)[0];
      const where = { path: alarm.path, function: canary?.key, alarm: alarm.name };
      const found: RuleProblem[] = [];
      for (const metric of metricsOf(alarm.watched)) {
        const view = canary && viewOf(subject.template, canary, metric);
        if (view?.type === 'nothing') {
          found.push({
            severity: 'error',
            where,
            why: `AWS reports no ${metric.name} of ${canary!.key} under these dimensions: ${view.why}. The alarm can never go into ALARM.`,
            fix: `write the metric and its dimensions as AWS reports them in ${DEFINITION}`,
          });
        }
        if (metric.namespace.startsWith('AWS/') && metric.period < 60) {
          found.push({
            severity: 'error',
            where,
            why: `AWS reports ${metric.namespace} ${metric.name} once a minute, so most periods of ${metric.period} s have no data.`,
            fix: `write period: 60 in ${DEFINITION}`,
          });
        }
      }
      if (alarm.datapointsToAlarm > alarm.evaluationPeriods) {
        found.push({
          severity: 'error',
          where: { ...where, path: `${alarm.path}.DatapointsToAlarm` },
          why: `It needs ${alarm.datapointsToAlarm} breaching datapoints in ${alarm.evaluationPeriods} periods, which is impossible: CloudWatch refuses the alarm.`,
          fix: `write a datapointsToAlarm of at most evaluationPeriods in ${DEFINITION}`,
        });
      }
      return found;
    }),
} as const satisfies PreflightRule;
