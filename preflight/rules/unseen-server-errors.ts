import { metricsOf } from '../alarm';
import { viewOf } from '../view';
import type { Problem, Rule } from './rule';

/** A 500 that the code answers itself is no error to Lambda; only the API's metric counts it. */
export const unseenServerErrors = {
  id: 'unseen-server-errors',
  find: ({ canaries, template }) =>
    canaries.flatMap((canary): readonly Problem[] => {
      const { apis, attached, key, groupId, shift } = canary;
      if (apis.length === 0 || shift?.seconds === 0) return [];
      const seen = attached.some(
        ({ alarm }) =>
          alarm &&
          metricsOf(alarm.watched).some(
            (metric) => /^(5xx|5XXError)$/.test(metric.name) && viewOf(template, canary, metric).type === 'api',
          ),
      );
      // A metric of the service's own may count them; a template does not say what it counts.
      const own = attached.some(
        ({ alarm }) => alarm && metricsOf(alarm.watched).some(({ namespace }) => !namespace.startsWith('AWS/')),
      );
      if (seen || own) return [];
      return [
        {
          severity: 'warning',
          where: { path: `Resources.${groupId}.Properties.AlarmConfiguration`, function: key },
          why: `${key} answers an API, and a 500 that its code returns is no error to Lambda: no attached alarm counts such answers.`,
          fix: `write an alarm on AWS/ApiGateway 5xx with the dimension ApiId: !Ref HttpApi (5XXError with ApiName for a REST API), and add it to functions.${key}.deploymentSettings.alarms`,
        },
      ];
    }),
} as const satisfies Rule;
