/** Why a shift was stopped. */
export type RollbackCause =
  | { readonly type: 'alarm'; readonly alarms: readonly string[] }
  | { readonly type: 'hook'; readonly lifecycleEvent: string; readonly message: string }
  | { readonly type: 'person'; readonly message: string }
  | { readonly type: 'deployment'; readonly code: string; readonly message: string };

/** One lifecycle event of a CodeDeploy deployment, e.g. `BeforeAllowTraffic`. */
export interface LifecycleEvent {
  readonly name: string;
  /** CodeDeploy's status: Pending, InProgress, Succeeded, Failed, Skipped or Unknown. */
  readonly status: string;
  /** CodeDeploy's diagnostics. @default - none were given */
  readonly message?: string;
  /** ISO 8601. @default - it has not begun */
  readonly began?: string;
  /** ISO 8601. @default - it has not ended */
  readonly ended?: string;
}

/** One value of a metric. */
export interface MetricPoint {
  /** Beginning of its period, ISO 8601. */
  readonly at: string;
  readonly value: number;
}

/** A change of an alarm to the state ALARM. */
export interface Firing {
  /** ISO 8601. */
  readonly at: string;
  /** CloudWatch's reason, e.g. `Threshold Crossed: 1 datapoint […] was greater than …`. */
  readonly reason: string;
  /** The last datapoints of its metric, oldest first; empty when CloudWatch gave none. */
  readonly points: readonly MetricPoint[];
}

/** An alarm that CodeDeploy watches during a shift. */
export interface ShiftAlarm {
  readonly name: string;
  /** Its state now: `deleted` when the rollback has deleted it, `unread` when it could not be read. */
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'deleted' | 'unread';
  /** Its last change to ALARM. @default - there was none, or its history could not be read */
  readonly firing?: Firing;
  /** Its address in the console. @default - it is deleted, or the region's console is not known */
  readonly console?: string;
}

/** A hook that failed, and what it logged. */
export interface FailedHook {
  readonly lifecycleEvent: string;
  /** False when CodeDeploy waited an hour for the hook's report and did not get one. */
  readonly answered: boolean;
  /** @default - it could not be read */
  readonly functionName?: string;
  /** The last lines that it logged about the failure, oldest first; empty when no line looks like an error. */
  readonly reasons: readonly string[];
}

/** Invocations of one version through the alias during the deployment. */
export interface VersionTraffic {
  readonly calls: number;
  /** Invocations that ended in an error: an exception, a timeout, a crash. */
  readonly errors: number;
}

/** The part of a release that concerns one function: one CodeDeploy deployment. */
export interface FunctionRelease {
  readonly functionName: string;
  readonly alias: string;
  /** The baseline: the version in service before; `?` when it could not be read. */
  readonly from: string;
  /** The canary: the version that is released; `?` when it could not be read. */
  readonly to: string;
  /** E.g. `Canary10Percent5Minutes`. */
  readonly deploymentType: string;
  readonly deploymentId: string;
  /** CodeDeploy's status of the deployment, e.g. `Stopped`. */
  readonly status: string;
  /** Highest share of the traffic that `to` had, in percent. */
  readonly weightReached: number;
  /** Seconds from the start of the deployment to its end, or until now. */
  readonly seconds: number;
  readonly lifecycleEvents: readonly LifecycleEvent[];
  /** Why it did not succeed. @default - it did, or it is running */
  readonly cause?: RollbackCause;
  /** Id of the deployment that restored the baseline. @default - there was none */
  readonly rollbackDeploymentId?: string;
  /** The alias's name in the stack's template. @default - not read from stack events */
  readonly logicalId?: string;
  /** ISO 8601. @default - not known */
  readonly began?: string;
  /** ISO 8601. @default - not known, or it has not ended */
  readonly ended?: string;
  /** When `weightReached` was reached, ISO 8601. @default - no traffic was shifted */
  readonly weightReachedAt?: string;
  /**
   * Share of the traffic that the alias gives to `to` now, in percent. Read while it runs and when it failed.
   *
   * @default - not read
   */
  readonly weightNow?: number;
  /** What happened to a shift that was not the cause of the failure. Stored in the ledger. @default - nothing */
  readonly fate?: 'cancelled' | 'taken-back';
  /** While it runs all alarms that CodeDeploy watches, afterwards those that fired. @default - not read */
  readonly alarms?: readonly ShiftAlarm[];
  /** @default - no hook failed */
  readonly hook?: FailedHook;
  /** @default - CloudWatch has no data */
  readonly traffic?: { readonly from: VersionTraffic; readonly to: VersionTraffic };
  /** The deployment's address in the console. @default - the region's console is not known */
  readonly console?: string;
  /** CodeDeploy could not be read: weight, times and versions given as `?` are not known. @default - it could */
  readonly partial?: true;
}

/** Whether a deployment has ended. Source: CodeDeploy API reference, DeploymentInfo. */
export function isOver({ status }: Pick<FunctionRelease, 'status'>): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped';
}
