import type { WatchedAlarm } from './alarm';
import { type KnownPower, type Power, powersOf } from './power/power';
import { type RuleId, rules } from './rules';
import type { RuleProblem } from './rules/rule';
import { attachedAlarms, type Canary, type Subject, type SubjectProps, subjectOf } from './subject';

/** Id of the findings about what the pipeline needs of a service. They are found outside of the preflight. */
export const CONTRACT = 'pipeline-contract';

/** A problem, with the rule that found it. */
export interface Finding extends RuleProblem {
  readonly rule: RuleId | typeof CONTRACT;
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

/**
 * @param contract What was found wrong with the service for the pipeline that deploys it.
 * @returns What can be said about a packaged service, errors first.
 */
export function preflight(props: SubjectProps, contract: readonly RuleProblem[] = []): Preflight {
  const subject = subjectOf(props);
  const powers = subject.canaries.map((canary): CanaryAlarms => {
    const naming = attachedAlarms(subject).filter((attached) => attached.canary === canary);
    const watching = [...new Set(naming.map(({ alarm }) => alarm))];
    const { alarms, together } = powersOf(subject, canary, watching);
    return { canary, alarms: watching.map((alarm, index) => ({ alarm, power: alarms[index]! })), together };
  });
  const findings = [...contract.map((problem): Finding => ({ rule: CONTRACT, ...problem })), ...findingsOf(subject)];
  return { subject, findings: findings.sort(errorsFirst), powers };
}

/** @returns The findings of all rules, errors first. */
export function findingsOf(subject: Subject): readonly Finding[] {
  const findings = rules.flatMap(({ id, find }) => find(subject).map((problem): Finding => ({ rule: id, ...problem })));
  return findings.sort(errorsFirst);
}

function errorsFirst(a: Finding, b: Finding): number {
  return Number(b.severity === 'error') - Number(a.severity === 'error');
}
