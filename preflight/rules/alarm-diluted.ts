import { type Alarm, metricsOf } from '../alarm';
import type { Canary, Subject } from '../subject';
import { FAILURES, viewOf } from '../view';
import type { Problem, Rule } from './rule';
import { attachedAlarms, canariesFor, viewsOf } from './words';

/** An alarm that sees both versions while the new one gets a small part of the requests. */
export const alarmDiluted = {
  id: 'alarm-diluted',
  find: (subject) =>
    subject.alarms.flatMap((alarm): readonly Problem[] => {
      const canary = canariesFor(subject, alarm)[0];
      const weight = canary?.shift?.steps[0]?.weight ?? 1;
      if (!canary || weight >= 1) return [];
      const isAttached = attachedAlarms(subject).some((each) => each.alarm === alarm);
      if (alarm.watched.type === 'expression') return ofExpression(subject, canary, alarm, weight, isAttached);
      if (alarm.watched.type !== 'metric') return [];
      const view = viewsOf(subject, canary, alarm)[0]!.type;
      if (view !== 'both versions' && view !== 'api') return [];
      return [problem(canary, alarm, view, weight, isAttached)];
    }),
} as const satisfies Rule;

/**
 * An expression that counts failures of a function, and of one version alone nothing. With one that does, it can tell the
 * versions apart, whatever else it counts; and a share of an API cannot be had by version, so nothing is to be said of it.
 */
function ofExpression(
  subject: Subject,
  canary: Canary,
  alarm: Alarm,
  weight: number,
  isAttached: boolean,
): readonly Problem[] {
  const seen = metricsOf(alarm.watched).map((metric) => ({
    metric,
    view: viewOf(subject.template, canary, metric).type,
  }));
  const tellsApart = seen.some(({ view }) => view === 'new version' || view === 'old version' || view === 'api');
  const fails = seen.some(({ metric, view }) => view === 'both versions' && FAILURES.includes(metric.name));
  if (tellsApart || !fails) return [];
  const share = percent(weight);
  return [
    {
      severity: isAttached ? 'error' : 'warning',
      where: { path: `${alarm.path}.Metrics`, function: canary.key, alarm: alarm.name },
      why: `All metrics of its expression take every request to ${canary.key} together, and ${share} of them are the new version’s: errors of the old version stop a good release, and a rate shows what the new one fails at ${share} of it.`,
      fix: 'write compare: errors in its definition under custom.alerts.definitions, in place of the metrics: canary-guard sets the new version’s errors beside the baseline’s',
    },
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function problem(
  canary: Canary,
  alarm: Alarm,
  view: 'both versions' | 'api',
  weight: number,
  isAttached: boolean,
): Problem {
  const metric = alarm.watched.type === 'metric' ? alarm.watched.metric : undefined;
  const sum = metric?.statistic === 'Sum' || metric?.statistic === 'SampleCount' || metric?.statistic === 'Maximum';
  const share = percent(weight);
  const what = view === 'api' ? 'every request to the API' : `every request to ${canary.key}`;
  const fails = FAILURES.includes(metric?.name ?? '');
  const rest = percent(1 - weight);
  const lost =
    metric?.statistic === 'Minimum'
      ? `the old version’s ${rest} of them, which go well, hold the minimum at 0 however bad the new version is`
      : fails
        ? `if all that the new version does fails, the ${metric?.statistic} is ${weight}; a rate of its own of ${share} shows as ${Math.round(weight * weight * 1000) / 1000}`
        : `what the new version does weighs ${share} of it`;
  return {
    severity: sum || !fails || view === 'api' || !isAttached ? 'warning' : 'error',
    where: { path: `${alarm.path}.Dimensions`, function: canary.key, alarm: alarm.name },
    why: sum
      ? `It counts ${what}, and ${rest} of them are the old version’s: errors of the old version stop a good release, and say nothing about the new one.`
      : `It takes ${what} together, and ${share} of them are the new version’s: ${lost}.`,
    fix:
      view === 'api'
        ? 'keep it as a second net with a threshold above the usual, beside an alarm on the new version alone'
        : "write dimensions Resource: '$[alias]' and ExecutedVersion: '$[version]', which canary-guard fills in, so that it sees the new version alone",
  };
}
