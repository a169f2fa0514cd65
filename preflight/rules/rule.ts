import type { Subject } from '../subject';

/** `error`: the release is not protected, or cannot succeed; `warning`: something that its owners should know. */
type Severity = 'error' | 'warning';

interface FindingLocation {
  /** Path in the compiled template, e.g. `Resources.HelloErrorsAlarm.Properties.Statistic`. */
  readonly path: string;
  /** Key of the function in serverless.yml. @default - the finding is not about one function */
  readonly function?: string | undefined;
  /** Name of the alarm, with values that CloudFormation fills in as `${…}`. @default - the finding is not about one alarm */
  readonly alarm?: string | undefined;
}

/** A problem that a rule has found. */
export interface RuleProblem {
  readonly severity: Severity;
  readonly where: FindingLocation;
  /** What is wrong and what it leads to, in one or two sentences. */
  readonly why: string;
  /** What to write into serverless.yml. */
  readonly fix: string;
}

/** One thing that can be wrong with a packaged service. A rule reports nothing where it cannot decide. */
export interface PreflightRule {
  /** Id of the rule, by which docs/preflight.md explains it. */
  readonly id: string;
  find(subject: Subject): readonly RuleProblem[];
}
