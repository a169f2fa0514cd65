import type { Subject } from '../subject';
import type { RuleId } from './index';

/** An error means that the release is not protected, or cannot succeed; a warning, that somebody should know. */
export type Severity = 'error' | 'warning';

export interface Place {
  /** In the compiled template, e.g. `Resources.HelloErrorsAlarm.Properties.Statistic`. */
  readonly path: string;
  /** Key of the function in serverless.yml. @default - it is not about one function */
  readonly function?: string | undefined;
  /** Name of the alarm, what CloudFormation fills in as `${…}`. @default - it is not about one alarm */
  readonly alarm?: string | undefined;
}

export interface Problem {
  readonly severity: Severity;
  readonly where: Place;
  /** One or two sentences for a person. */
  readonly why: string;
  /** What to write into serverless.yml. */
  readonly fix: string;
}

export interface Finding extends Problem {
  /** id of the rule, as docs/preflight.md explains it */
  readonly rule: RuleId;
}

/** One thing that can be wrong. What it cannot decide it must not report. */
export interface Rule {
  readonly id: string;
  find(subject: Subject): readonly Problem[];
}
