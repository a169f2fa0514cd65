import { metricsOf, type WatchedAlarm } from '../alarm';
import { newTraffic, type Shift } from '../shift';
import type { Canary, Subject } from '../subject';
import { attachedAlarms } from '../subject';
import { REQUESTS, viewOf } from '../view';
import { duration } from './phrases';
import type { PreflightRule, RuleProblem } from './rule';

/** Requests below which a version that fails one in ten has at least a chance of 1 in 24 to pass without a failure. */
const FEWEST = 30;

/** A canary with too few requests to be judged, or an alarm that waits for more requests than come. */
export const tooLittleTraffic = {
  id: 'too-little-traffic',
  find: (subject) => [
    ...subject.canaries.flatMap((canary): readonly RuleProblem[] => {
      const { shift, requestsPerSecond, key } = canary;
      if (!shift || shift.seconds === 0 || requestsPerSecond === undefined) return [];
      const requests = requestsPerSecond * newTraffic(shift, 0, shift.seconds);
      if (requests >= FEWEST) return [];
      return [
        {
          severity: 'warning',
          where: { path: `Resources.${canary.groupId}.Properties.DeploymentConfigName`, function: key },
          why: `At the declared traffic the new version answers about ${rounded(requests)} requests in ${duration(shift.seconds)}: too few for an alarm to tell a bad version from a good one.`,
          fix: `write a slower deploymentSettings.type for functions.${key}, or let its hooks make requests or refuse a release with too few`,
        },
      ];
    }),
    ...attachedAlarms(subject).flatMap(({ canary, alarm }) => [...waiting(subject, canary, alarm)]),
  ],
} as const satisfies PreflightRule;

/** Reports an expression that needs more requests of the new version than come in its period. */
function waiting(subject: Subject, canary: Canary, alarm: WatchedAlarm): readonly RuleProblem[] {
  const { shift, requestsPerSecond, key } = canary;
  if (alarm.watched.type !== 'expression' || !shift || shift.seconds === 0 || requestsPerSecond === undefined)
    return [];
  const needed = requestsNeeded(subject, canary, alarm);
  const most = requestsPerSecond * mostIn(shift, metricsOf(alarm.watched)[0]?.period ?? MINUTE);
  if (needed === undefined || most >= needed) return [];
  return [
    {
      severity: 'warning',
      where: { path: `${alarm.path}.Metrics`, function: key, alarm: alarm.name },
      why: `It stays out of ALARM until the new version has answered ${needed} requests in ${duration(alarm.period)}, but at the declared traffic it answers about ${rounded(most)}: the alarm never stops a release, however bad it is.`,
      fix: 'write a longer period, a smaller minimumRequests in the definition under custom.alerts.definitions, or a slower deploymentSettings.type',
    },
  ];
}

const MINUTE = 60;

/** @returns The 20 of `IF(n >= 20, …, 0)`, where n is the number of requests of the new version; else undefined. */
function requestsNeeded({ template }: Subject, canary: Canary, { watched }: WatchedAlarm): number | undefined {
  if (watched.type !== 'expression') return undefined;
  const condition = /^\s*IF\(\s*([a-z]\w*)\s*>=?\s*(\d+(?:\.\d+)?)\s*,.*,\s*0\s*\)\s*$/.exec(
    watched.expressions[watched.id] ?? '',
  );
  const metric = watched.metrics[condition?.[1] ?? ''];
  if (!condition || !metric || !REQUESTS.includes(metric.name) || metric.statistic !== 'Sum') return undefined;
  return viewOf(template, canary, metric).type === 'new version' ? Number(condition[2]) : undefined;
}

/** @returns Seconds of all traffic that the new version gets at most in one period of the shift, which is the last one. */
function mostIn(shift: Shift, period: number): number {
  return newTraffic(shift, Math.max(0, shift.seconds - period), shift.seconds);
}

function rounded(requests: number): number {
  return Math.round(requests * 10) / 10;
}
