import { type Alarm, metricsOf } from '../alarm';
import { newTraffic, type Shift } from '../shift';
import type { Canary, Subject } from '../subject';
import { REQUESTS, viewOf } from '../view';
import type { Problem, Rule } from './rule';
import { attachedAlarms, duration } from './words';

/** Below it a version that fails one request in ten passes one time in 24 or more without a single failure. */
const FEWEST = 30;

/** A canary that serves next to nothing says nothing, and silence passes; so does an alarm that waits for more. */
export const tooLittleTraffic = {
  id: 'too-little-traffic',
  find: (subject) => [
    ...subject.canaries.flatMap((canary): readonly Problem[] => {
      const { shift, requestsPerSecond, key } = canary;
      if (!shift || shift.seconds === 0 || requestsPerSecond === undefined) return [];
      const requests = requestsPerSecond * newTraffic(shift, 0, shift.seconds);
      if (requests >= FEWEST) return [];
      return [
        {
          severity: 'warning',
          where: { path: `Resources.${canary.groupId}.Properties.DeploymentConfigName`, function: key },
          why: `At the declared traffic the new version answers about ${rounded(requests)} requests in ${duration(shift.seconds)}: too few for an alarm to tell a bad version from a good one.`,
          fix: `write a slower deploymentSettings.type for functions.${key}, or let its hooks make requests and refuse too few`,
        },
      ];
    }),
    ...attachedAlarms(subject).flatMap(({ canary, alarm }) => [...waiting(subject, canary, alarm)]),
  ],
} as const satisfies Rule;

/** An expression that says nothing below a number of the new version's requests, and never sees so many. */
function waiting(subject: Subject, canary: Canary, alarm: Alarm): readonly Problem[] {
  const { shift, requestsPerSecond, key } = canary;
  if (alarm.watched.type !== 'expression' || !shift || shift.seconds === 0 || requestsPerSecond === undefined)
    return [];
  const wanted = requestsWanted(subject, canary, alarm);
  const most = requestsPerSecond * mostIn(shift, metricsOf(alarm.watched)[0]?.period ?? MINUTE);
  if (wanted === undefined || most >= wanted) return [];
  return [
    {
      severity: 'warning',
      where: { path: `${alarm.path}.Metrics`, function: key, alarm: alarm.name },
      why: `It says nothing before the new version has answered ${wanted} requests in ${duration(alarm.period)}, and at the declared traffic these are about ${rounded(most)}: it is silent, however bad the release is.`,
      fix: 'write a longer period, a smaller minimumRequests in the definition under custom.alerts.definitions, or a slower deploymentSettings.type',
    },
  ];
}

const MINUTE = 60;

/** Of `IF(n >= 20, …)`, where n are requests of the new version, 20. */
function requestsWanted({ template }: Subject, canary: Canary, { watched }: Alarm): number | undefined {
  if (watched.type !== 'expression') return undefined;
  const condition = /^\s*IF\(\s*([a-z]\w*)\s*>=?\s*(\d+(?:\.\d+)?)\s*,.*,\s*0\s*\)\s*$/.exec(
    watched.expressions[watched.id] ?? '',
  );
  const metric = watched.metrics[condition?.[1] ?? ''];
  if (!condition || !metric || !REQUESTS.includes(metric.name) || metric.statistic !== 'Sum') return undefined;
  return viewOf(template, canary, metric).type === 'new version' ? Number(condition[2]) : undefined;
}

/** @returns seconds of all traffic that the new version gets within one period of the shift at most: in its last one */
function mostIn(shift: Shift, period: number): number {
  return newTraffic(shift, Math.max(0, shift.seconds - period), shift.seconds);
}

function rounded(requests: number): number {
  return Math.round(requests * 10) / 10;
}
