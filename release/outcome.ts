/** Why a shift was taken back. */
export type RollbackCause =
  | { readonly type: 'alarm'; readonly alarms: readonly string[] }
  | { readonly type: 'hook'; readonly lifecycleEvent: string; readonly message: string }
  | { readonly type: 'person'; readonly message: string }
  | { readonly type: 'deployment'; readonly code: string; readonly message: string };

/** One step in CodeDeploy's life of a deployment, e.g. `BeforeAllowTraffic`. */
export interface LifecycleEvent {
  readonly name: string;
  /** as CodeDeploy says it: Pending, InProgress, Succeeded, Failed, Skipped or Unknown */
  readonly status: string;
  /** CodeDeploy's diagnostics, @default none were given */
  readonly message?: string;
}

/** What a release meant for one function: one CodeDeploy deployment. */
export interface FunctionRelease {
  readonly functionName: string;
  readonly alias: string;
  /** the baseline: the version that served before */
  readonly from: string;
  /** the canary: the version that was released */
  readonly to: string;
  /** e.g. `Canary10Percent5Minutes` */
  readonly deploymentType: string;
  readonly deploymentId: string;
  /** CodeDeploy's own word for how it stands, e.g. `Stopped` */
  readonly status: string;
  /** highest share of traffic that `to` was given, in percent */
  readonly weightReached: number;
  /** seconds from the start of the deployment to its end */
  readonly seconds: number;
  readonly lifecycleEvents: readonly LifecycleEvent[];
  /** why it did not succeed, @default it did */
  readonly cause?: RollbackCause;
  /** the deployment that put the baseline back, @default there was none */
  readonly rollbackDeploymentId?: string;
}

interface Settled {
  readonly stackName: string;
  /** the stack's status after the release, e.g. `UPDATE_COMPLETE` */
  readonly stackStatus: string;
}

/** Every function that shifted now runs its new version alone. */
export interface Released extends Settled {
  readonly type: 'released';
  readonly functions: readonly FunctionRelease[];
}

/** At least one shift was taken back, and with it the whole release. The functions that caused it come first. */
export interface RolledBack extends Settled {
  readonly type: 'rolled-back';
  readonly functions: readonly FunctionRelease[];
  /** what failed elsewhere in the stack after every shift had succeeded, @default a shift failed, and says why itself */
  readonly reason?: string;
}

/** The release ended before any traffic could shift. */
export interface Failed extends Settled {
  readonly type: 'failed';
  /** where: before CloudFormation was asked, or in it */
  readonly phase: 'before-cloudformation' | 'cloudformation';
  readonly reason: string;
  readonly remedy: string;
}

/** Nothing that a function runs has changed, so no canary ran. */
export interface Unchanged extends Settled {
  readonly type: 'unchanged';
  /** whether anything else of the stack was updated */
  readonly stackUpdated: boolean;
}

/** The aliases were created: there was no version to shift from, so no canary ran. */
export interface FirstRelease extends Settled {
  readonly type: 'first-release';
  readonly aliases: readonly { readonly logicalId: string; readonly physicalId: string }[];
}

/** What became of one release of one stack. */
export type ReleaseOutcome = Released | RolledBack | Failed | Unchanged | FirstRelease;

/** @returns whether the release did what it was asked to: everything it held is live */
export function succeeded(outcome: ReleaseOutcome): boolean {
  return outcome.type === 'released' || outcome.type === 'unchanged' || outcome.type === 'first-release';
}
