import type { Alarm } from './alarm';
import { type KnownPower, type Power, powersOf } from './power/power';
import { rules } from './rules';
import type { Finding } from './rules/rule';
import { attachedAlarms } from './rules/words';
import { type Canary, type Subject, type SubjectProps, subjectOf } from './subject';

/** What an alarm can do for a canary that names it, or means it by a wrong name. */
export interface AlarmPower {
  readonly alarm: Alarm;
  readonly power: Power;
}

/** What a canary's alarms can do for it. */
export interface CanaryAlarms {
  readonly canary: Canary;
  readonly alarms: readonly AlarmPower[];
  /** that at least one of them stops a release. @default - fewer than two have a figure */
  readonly together?: KnownPower | undefined;
}

/** What is known of one packaged service before it is deployed. */
export interface Preflight {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
  readonly powers: readonly CanaryAlarms[];
}

export function preflight(props: SubjectProps): Preflight {
  const subject = subjectOf(props);
  const powers = subject.canaries.map((canary): CanaryAlarms => {
    const naming = attachedAlarms(subject).filter((attached) => attached.canary === canary);
    const watching = [...new Set(naming.map(({ alarm }) => alarm))];
    const { alarms, together } = powersOf(subject, canary, watching);
    return { canary, alarms: watching.map((alarm, index) => ({ alarm, power: alarms[index]! })), together };
  });
  return { subject, findings: findingsOf(subject), powers };
}

/** @returns what every rule finds, errors first */
export function findingsOf(subject: Subject): readonly Finding[] {
  const findings = rules.flatMap(({ id, find }) => find(subject).map((problem): Finding => ({ rule: id, ...problem })));
  return findings.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
