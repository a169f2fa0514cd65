import type { WatchedAlarm } from './alarm';
import { type KnownPower, type Power, powersOf } from './power/power';
import { type RuleId, rules } from './rules';
import type { RuleProblem } from './rules/rule';
import { attachedAlarms, type Canary, type Subject, type SubjectProps, subjectOf } from './subject';

/** A problem, with the rule that found it. */
export interface Finding extends RuleProblem {
  readonly rule: RuleId;
}

/** The power of an alarm that a canary names, or means by a wrong name. */
interface AlarmPower {
  readonly alarm: WatchedAlarm;
  readonly power: Power;
}

/** The power of a canary's alarms. */
export interface CanaryAlarms {
  readonly canary: Canary;
  readonly alarms: readonly AlarmPower[];
  /** Power of all of them together. @default - fewer than two have a known power */
  readonly together?: KnownPower | undefined;
}

/** What can be said about a packaged service before it is deployed. */
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

/** @returns The findings of all rules, errors first. */
export function findingsOf(subject: Subject): readonly Finding[] {
  const findings = rules.flatMap(({ id, find }) => find(subject).map((problem): Finding => ({ rule: id, ...problem })));
  return findings.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
