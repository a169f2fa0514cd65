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
  /** instants in ISO 8601, @default it has not begun, or not ended */
  readonly began?: string;
  readonly ended?: string;
}

/** A value of a metric. */
export interface Point {
  /** begin of its period, ISO 8601 */
  readonly at: string;
  readonly value: number;
}

/** How an alarm went off. */
export interface Firing {
  /** ISO 8601 */
  readonly at: string;
  /** CloudWatch's own words, e.g. `Threshold Crossed: 1 datapoint […] was greater than …` */
  readonly reason: string;
  /** the last points of its metric, oldest first; empty when CloudWatch gave none */
  readonly points: readonly Point[];
}

/** An alarm that CodeDeploy watches during a shift. */
export interface WatchedAlarm {
  readonly name: string;
  /** now; `deleted` when its stack has taken it away again, `unread` when nobody could look */
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'deleted' | 'unread';
  /** how it went off last, @default it did not, or its history could not be read */
  readonly firing?: Firing;
  /** its address in the console, @default it is deleted */
  readonly console?: string;
}

/** A hook that failed, and what it had to say. */
export interface FailedHook {
  readonly lifecycleEvent: string;
  /** false when CodeDeploy waited an hour for its report in vain */
  readonly answered: boolean;
  /** @default it could not be found out */
  readonly functionName?: string;
  /** what it logged about the failure, the last lines, oldest first; empty when it logged nothing that looks like one */
  readonly reasons: readonly string[];
}

/** The calls that one version answered behind the alias while the deployment ran. */
export interface VersionTraffic {
  readonly calls: number;
  /** calls that ended in an error: a throw, a time-out, a crash */
  readonly errors: number;
}

/** What a release meant for one function: one CodeDeploy deployment. */
export interface FunctionRelease {
  readonly functionName: string;
  readonly alias: string;
  /** the baseline: the version that served before; `?` when it could not be read */
  readonly from: string;
  /** the canary: the version that was released; `?` when it could not be read */
  readonly to: string;
  /** e.g. `Canary10Percent5Minutes` */
  readonly deploymentType: string;
  readonly deploymentId: string;
  /** CodeDeploy's own word for how it stands, e.g. `Stopped` */
  readonly status: string;
  /** highest share of traffic that `to` was given, in percent */
  readonly weightReached: number;
  /** seconds from the start of the deployment to its end, or until now */
  readonly seconds: number;
  readonly lifecycleEvents: readonly LifecycleEvent[];
  /** why it did not succeed, @default it did, or it runs */
  readonly cause?: RollbackCause;
  /** the deployment that put the baseline back, @default there was none */
  readonly rollbackDeploymentId?: string;
  /** the alias's name in the stack's template, @default not read from stack events */
  readonly logicalId?: string;
  /** instants in ISO 8601, @default not known, or it has not ended */
  readonly began?: string;
  readonly ended?: string;
  /** when `weightReached` was reached, ISO 8601, @default no traffic was shifted */
  readonly weightReachedAt?: string;
  /** percent that `to` has now, by the alias; read while it runs and when it failed, @default not read */
  readonly weightNow?: number;
  /** what the release as a whole did to a shift that had no fault of its own, @default nothing */
  readonly fate?: 'cancelled' | 'taken-back';
  /** while it runs all that CodeDeploy watches, afterwards those that fired, @default not read */
  readonly alarms?: readonly WatchedAlarm[];
  /** @default no hook failed */
  readonly hook?: FailedHook;
  /** @default CloudWatch has nothing of them */
  readonly traffic?: { readonly from: VersionTraffic; readonly to: VersionTraffic };
  /** the deployment's address in the console, @default the region's console is not known */
  readonly console?: string;
  /** CodeDeploy could not be read: weight, times and whatever is `?` are not known. @default it could */
  readonly partial?: true;
}

/** Whether CodeDeploy has done with it. Source: CodeDeploy API reference, DeploymentInfo. */
export function isOver({ status }: Pick<FunctionRelease, 'status'>): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped';
}
