import { metricsOf, type WatchedAlarm } from '../alarm';
import type { Canary, Subject } from '../subject';
import { attachedAlarms } from '../subject';
import { canariesFor, FAILURES, viewOf, viewsOf } from '../view';
import type { PreflightRule, RuleProblem } from './rule';

/** An alarm that counts both versions while the new one gets a small part of the requests. */
export const alarmDiluted = {
  id: 'alarm-diluted',
  find: (subject) =>
    subject.alarms.flatMap((alarm): readonly RuleProblem[] => {
      const canary = canariesFor(subject, alarm)[0];
      const weight = canary?.shift?.steps[0]?.weight ?? 1;
      if (!canary || weight >= 1) return [];
      const isAttached = attachedAlarms(subject).some((each) => each.alarm === alarm);
      if (alarm.watched.type === 'expression') return problemsOfExpression(subject, canary, alarm, weight, isAttached);
      if (alarm.watched.type !== 'metric') return [];
      const view = viewsOf(subject, canary, alarm)[0]!.type;
      if (view !== 'both versions' && view !== 'api') return [];
      return [problem(canary, alarm, view, weight, isAttached)];
    }),
} as const satisfies PreflightRule;

/**
 * Reports an expression that counts failures of a function, and nothing of one version alone. One metric of one version is
 * enough to tell the versions apart. Metrics of an API do not exist by version, so an expression with one is not reported.
 */
function problemsOfExpression(
  subject: Subject,
  canary: Canary,
  alarm: WatchedAlarm,
  weight: number,
  isAttached: boolean,
): readonly RuleProblem[] {
  const views = metricsOf(alarm.watched).map((metric) => ({
    metric,
    view: viewOf(subject.template, canary, metric).type,
  }));
  const tellsApart = views.some(({ view }) => view === 'new version' || view === 'old version' || view === 'api');
  const countsFailures = views.some(({ metric, view }) => view === 'both versions' && FAILURES.includes(metric.name));
  if (tellsApart || !countsFailures) return [];
  const share = percent(weight);
  return [
    {
      severity: isAttached ? 'error' : 'warning',
      where: { path: `${alarm.path}.Metrics`, function: canary.key, alarm: alarm.name },
      why: `All metrics of its expression count every request to ${canary.key}, of which the new version gets ${share}: errors of the old version stop a good release, and a rate shows only ${share} of the new version’s failures.`,
      fix: 'write compare: errors in its definition under custom.alerts.definitions, instead of the metrics: canary-guard then compares the errors of the new version with those of the baseline',
    },
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function problem(
  canary: Canary,
  alarm: WatchedAlarm,
  view: 'both versions' | 'api',
  weight: number,
  isAttached: boolean,
): RuleProblem {
  const metric = alarm.watched.type === 'metric' ? alarm.watched.metric : undefined;
  const sum = metric?.statistic === 'Sum' || metric?.statistic === 'SampleCount' || metric?.statistic === 'Maximum';
  const share = percent(weight);
  const what = view === 'api' ? 'every request to the API' : `every request to ${canary.key}`;
  const fails = FAILURES.includes(metric?.name ?? '');
  const rest = percent(1 - weight);
  const effect =
    metric?.statistic === 'Minimum'
      ? `requests that the old version serves well keep the minimum at 0, however bad the new version is`
      : fails
        ? `if all requests to the new version fail, the ${metric?.statistic} is ${weight}, and if ${share} of them fail, it is ${Math.round(weight * weight * 1000) / 1000}`
        : `the new version contributes only ${share} of the value`;
  return {
    severity: sum || !fails || view === 'api' || !isAttached ? 'warning' : 'error',
    where: { path: `${alarm.path}.Dimensions`, function: canary.key, alarm: alarm.name },
    why: sum
      ? `It counts ${what}, of which the old version gets ${rest}: errors of the old version stop a good release, and say nothing about the new version.`
      : `It counts ${what}, of which the new version gets ${share}: ${effect}.`,
    fix:
      view === 'api'
        ? 'keep it with a threshold above the usual number, and add an alarm on the new version alone'
        : "write dimensions Resource: '$[alias]' and ExecutedVersion: '$[version]', which canary-guard fills in, so that it counts the new version alone",
  };
}
