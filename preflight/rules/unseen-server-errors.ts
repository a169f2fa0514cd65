import { metricsOf } from '../alarm';
import { viewOf } from '../view';
import type { PreflightRule, RuleProblem } from './rule';

/** An API without an alarm on its server errors: Lambda does not count a 500 that the code answers as an error. */
export const unseenServerErrors = {
  id: 'unseen-server-errors',
  find: ({ canaries, template }) =>
    canaries.flatMap((canary): readonly RuleProblem[] => {
      const { apis, attached, key, groupId, shift } = canary;
      if (apis.length === 0 || shift?.seconds === 0) return [];
      const isCounted = attached.some(
        ({ alarm }) =>
          alarm &&
          metricsOf(alarm.watched).some(
            (metric) => /^(5xx|5XXError)$/.test(metric.name) && viewOf(template, canary, metric).type === 'api',
          ),
      );
      // A custom metric may count them; the template does not show what it counts.
      const hasCustomMetric = attached.some(
        ({ alarm }) => alarm && metricsOf(alarm.watched).some(({ namespace }) => !namespace.startsWith('AWS/')),
      );
      if (isCounted || hasCustomMetric) return [];
      return [
        {
          severity: 'warning',
          where: { path: `Resources.${groupId}.Properties.AlarmConfiguration`, function: key },
          why: `${key} answers an API, and Lambda does not count a 500 that its code returns as an error: no attached alarm counts such answers.`,
          fix: `write an alarm on AWS/ApiGateway 5xx with the dimension ApiId: !Ref HttpApi (5XXError with ApiName for a REST API), and add it to functions.${key}.deploymentSettings.alarms`,
        },
      ];
    }),
} as const satisfies PreflightRule;
