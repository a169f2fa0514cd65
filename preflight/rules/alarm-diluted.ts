import type { Alarm } from '../alarm';
import type { Problem, Rule } from '../finding';
import type { Canary } from '../subject';
import { FAILURES } from '../view';
import { attachedAlarms, canariesFor, viewsOf } from './words';

/** An alarm that sees both versions while the new one gets a small part of the requests. */
export const alarmDiluted = {
  id: 'alarm-diluted',
  find: (subject) =>
    subject.alarms.flatMap((alarm): readonly Problem[] => {
      const canary = canariesFor(subject, alarm)[0];
      const weight = canary?.shift?.steps[0]?.weight ?? 1;
      if (!canary || weight >= 1 || alarm.watched.type !== 'metric') return [];
      const view = viewsOf(subject, canary, alarm)[0]!.type;
      if (view !== 'both versions' && view !== 'api') return [];
      const isAttached = attachedAlarms(subject).some((each) => each.alarm === alarm);
      return [problem(canary, alarm, view, weight, isAttached)];
    }),
} as const satisfies Rule;

function problem(
  canary: Canary,
  alarm: Alarm,
  view: 'both versions' | 'api',
  weight: number,
  isAttached: boolean,
): Problem {
  const metric = alarm.watched.type === 'metric' ? alarm.watched.metric : undefined;
  const sum = metric?.statistic === 'Sum' || metric?.statistic === 'SampleCount' || metric?.statistic === 'Maximum';
  const share = `${Math.round(weight * 1000) / 10} %`;
  const what = view === 'api' ? 'every request to the API' : `every request to ${canary.key}`;
  const fails = FAILURES.includes(metric?.name ?? '');
  const rest = `${Math.round((1 - weight) * 1000) / 10} %`;
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
