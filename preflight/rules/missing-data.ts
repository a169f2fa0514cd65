import type { WatchedAlarm } from '../alarm';
import type { Canary } from '../subject';
import { attachedAlarms } from '../subject';
import { viewsOf } from '../view';
import { DEFINITION } from './phrases';
import type { PreflightRule, RuleProblem } from './rule';

/** A treatment of periods without requests that stops good releases or lets bad ones pass. */
export const missingData = {
  id: 'missing-data',
  find: (subject) =>
    attachedAlarms(subject).flatMap(({ canary, alarm }): readonly RuleProblem[] => {
      const views = viewsOf(subject, canary, alarm).map(({ type }) => type);
      const onlyNew = views.length > 0 && views.every((view) => view === 'new version');
      const where = { path: `${alarm.path}.TreatMissingData`, function: canary.key, alarm: alarm.name };
      return [...breaching(canary, alarm, onlyNew, where), ...silent(alarm, where)];
    }),
} as const satisfies PreflightRule;

function breaching(
  canary: Canary,
  alarm: WatchedAlarm,
  onlyNew: boolean,
  where: RuleProblem['where'],
): readonly RuleProblem[] {
  if (alarm.treatMissingData !== 'breaching') return [];
  const fix = `write treatMissingData: notBreaching in ${DEFINITION}, and let the post-traffic hook decide about releases without traffic`;
  if (onlyNew) {
    const why =
      'Missing data counts as breaching, and the new version has no requests before the shift begins: the alarm is in ' +
      'ALARM before the first request, and stops every release.';
    return [{ severity: 'error', where, why, fix }];
  }
  const rate = canary.requestsPerSecond;
  const silence = rate === undefined ? undefined : Math.exp(-rate * alarm.period);
  if (silence !== undefined && silence < 1e-3) return [];
  const why =
    silence === undefined
      ? 'A period without a request counts as breaching: at times without traffic the alarm stops every release.'
      : `At the declared traffic ${Math.round(silence * 100)} % of its periods have no request and count as breaching: the alarm stops good releases.`;
  return [{ severity: 'warning', where, why, fix }];
}

function silent(alarm: WatchedAlarm, where: RuleProblem['where']): readonly RuleProblem[] {
  if (alarm.treatMissingData === 'ignore') {
    const why =
      'Without data the alarm keeps its state: once in ALARM, it stays there after the traffic that caused it has ended, ' +
      'and stops the release that would fix the cause.';
    return [{ severity: 'warning', where, why, fix: `write treatMissingData: notBreaching in ${DEFINITION}` }];
  }
  if (alarm.comparison.startsWith('LessThan') && alarm.treatMissingData !== 'breaching') {
    const why =
      'The alarm looks for too few, but without any data there is no datapoint to compare: a release that gets no requests ' +
      'at all passes.';
    const fix = `write FILL(…, 0) around the metric in an expression, or, if both versions report the metric, treatMissingData: breaching, in ${DEFINITION}`;
    return [{ severity: 'warning', where, why, fix }];
  }
  return [];
}
