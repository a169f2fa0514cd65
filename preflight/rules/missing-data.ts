import type { Alarm } from '../alarm';
import type { Canary } from '../subject';
import type { Problem, Rule } from './rule';
import { attachedAlarms, DEFINITION, viewsOf } from './words';

/** How an alarm treats a period without requests, where that decides about releases. */
export const missingData = {
  id: 'missing-data',
  find: (subject) =>
    attachedAlarms(subject).flatMap(({ canary, alarm }): readonly Problem[] => {
      const views = viewsOf(subject, canary, alarm).map(({ type }) => type);
      const onlyNew = views.length > 0 && views.every((view) => view === 'new version');
      const where = { path: `${alarm.path}.TreatMissingData`, function: canary.key, alarm: alarm.name };
      return [...breaching(canary, alarm, onlyNew, where), ...silent(alarm, where)];
    }),
} as const satisfies Rule;

function breaching(canary: Canary, alarm: Alarm, onlyNew: boolean, where: Problem['where']): readonly Problem[] {
  if (alarm.treatMissingData !== 'breaching') return [];
  const fix = `write treatMissingData: notBreaching in ${DEFINITION}, and let the post hook say what no traffic means`;
  if (onlyNew) {
    const why =
      'Until the shift begins the new version has no requests, and missing data counts as breaching: the alarm is red ' +
      'before the first request, and stops every release.';
    return [{ severity: 'error', where, why, fix }];
  }
  const rate = canary.requestsPerSecond;
  const silence = rate === undefined ? undefined : Math.exp(-rate * alarm.period);
  if (silence !== undefined && silence < 1e-3) return [];
  const why =
    silence === undefined
      ? 'A period without a request counts as breaching: on a quiet night the alarm stops every release.'
      : `${Math.round(silence * 100)} % of its periods have no request at the declared traffic and count as breaching, so it stops good releases.`;
  return [{ severity: 'warning', where, why, fix }];
}

function silent(alarm: Alarm, where: Problem['where']): readonly Problem[] {
  if (alarm.treatMissingData === 'ignore') {
    const why =
      'Without data the alarm keeps its state: once red, it stays so after the traffic that set it off is gone, and stops ' +
      'the release that would mend it.';
    return [{ severity: 'warning', where, why, fix: `write treatMissingData: notBreaching in ${DEFINITION}` }];
  }
  if (alarm.comparison.startsWith('LessThan') && alarm.treatMissingData !== 'breaching') {
    const why =
      'It looks for too few, and where there is nothing at all there is no datapoint either: complete silence passes ' +
      'every release.';
    const fix = `write a FILL(…, 0) around the metric in an expression, or treatMissingData: breaching for a metric that both versions report, in ${DEFINITION}`;
    return [{ severity: 'warning', where, why, fix }];
  }
  return [];
}
