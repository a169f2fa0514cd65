import { type Alarm, metricsOf } from '../alarm';
import type { Canary, Subject } from '../subject';
import { type View, viewOf } from '../view';

/** @returns whose requests an alarm on one metric, or each metric of an expression, counts */
export function viewsOf({ template }: Subject, canary: Canary, alarm: Alarm): readonly View[] {
  return metricsOf(alarm.watched).map((metric) => viewOf(template, canary, metric));
}

/** @returns the canaries that an alarm is about: those that name it, else those whose requests it counts */
export function canariesFor(subject: Subject, alarm: Alarm): readonly Canary[] {
  const naming = subject.canaries.filter(({ attached }) =>
    attached.some((each) => each.alarm === alarm || each.meant === alarm),
  );
  if (naming.length > 0) return naming;
  return subject.canaries.filter((canary) => viewsOf(subject, canary, alarm).some(({ type }) => type !== 'other'));
}

/** Every alarm with a canary that names it, or means it by a wrong name. */
export function attachedAlarms(subject: Subject): readonly { readonly canary: Canary; readonly alarm: Alarm }[] {
  return subject.canaries.flatMap((canary) =>
    canary.attached.flatMap(({ alarm, meant = alarm }) => (meant === undefined ? [] : [{ canary, alarm: meant }])),
  );
}

/** @returns e.g. `5 minutes`, `90 seconds` */
export function duration(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} seconds`;
  return seconds === 60 ? '1 minute' : `${seconds / 60} minutes`;
}

/** @returns e.g. `a, b and c` */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Where an alarm is written in serverless.yml, as serverless-plugin-aws-alerts reads it. */
export const DEFINITION = 'the definition under custom.alerts.definitions';
