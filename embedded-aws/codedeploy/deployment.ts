import type { AppSpec, Revision } from './app-spec';
import type { AlarmConfiguration, AutoRollback, DeploymentGroup, RollbackEvent } from './deployment-group';
import type { HookExecution } from './hook-execution';
import { type DeploymentLifecycleEvent, LIFECYCLE_EVENT_NAMES, type LifecycleEventName } from './lifecycle';
import type { DeploymentConfig } from './registry';

export type DeploymentStatus = 'Created' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';

export interface DeploymentError {
  /** CodeDeploy's error code, e.g. `ALARM_ACTIVE`. */
  readonly code: string;
  readonly message: string;
}

/** Reason why a deployment ends early. */
export interface Halt extends DeploymentError {
  readonly status: 'Failed' | 'Stopped';
  /** Event on which the group may roll back; undefined when nothing was changed that could be rolled back. */
  readonly rollsBackOn: RollbackEvent | undefined;
}

/** Share of the traffic that the target version has from an instant on. */
interface Weight {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Share of the traffic, 0 to 1. */
  readonly weight: number;
}

/** A deployment and its history, for reports. */
export interface DeploymentView {
  readonly deploymentId: string;
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentConfigName: string;
  readonly creator: 'user' | 'codeDeployRollback';
  /** Id of the stack that requested it; undefined for a deployment created by the API. */
  readonly externalId?: string;
  readonly functionName: string;
  readonly alias: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  readonly status: DeploymentStatus;
  readonly error?: DeploymentError;
  /** Milliseconds since the epoch. */
  readonly createTime: number;
  readonly completeTime?: number;
  readonly lifecycle: readonly DeploymentLifecycleEvent[];
  /** Weight of the target version over time, including its rollback. */
  readonly weights: readonly Weight[];
  /** Id of the deployment that rolled this one back. */
  readonly rollbackDeploymentId?: string;
  /** Id of the deployment that this one rolled back. */
  readonly rollbackTriggeringDeploymentId?: string;
}

export interface DeploymentProps {
  readonly id: string;
  readonly group: DeploymentGroup;
  readonly config: DeploymentConfig;
  readonly appSpec: AppSpec;
  readonly revision: Revision;
  readonly creator: 'user' | 'codeDeployRollback';
  readonly alarms: AlarmConfiguration;
  readonly autoRollback: AutoRollback;
  /** Milliseconds since the epoch. */
  readonly createTime: number;
  readonly externalId?: string | undefined;
  readonly description?: string | undefined;
  /** Deployment that this one rolls back; undefined when it is not a rollback. */
  readonly rollbackOf?: Deployment;
}

/** A deployment and its state. */
export class Deployment {
  status: DeploymentStatus = 'Created';
  startTime: number | undefined;
  completeTime: number | undefined;
  error: DeploymentError | undefined;
  /** Deployment that rolls this one back. */
  rollback: Deployment | undefined;
  /**
   * Request of StopDeployment; when `rollBack` is undefined, the group's configuration decides whether to roll back.
   */
  stopRequest: { readonly rollBack: boolean | undefined } | undefined;
  readonly weights: Weight[] = [];
  readonly hookExecutions: HookExecution[] = [];
  #lifecycle: readonly DeploymentLifecycleEvent[] = LIFECYCLE_EVENT_NAMES.map((name) => ({ name, status: 'Pending' }));

  readonly props: DeploymentProps;

  constructor(props: DeploymentProps) {
    this.props = props;
  }

  get id(): string {
    return this.props.id;
  }

  get isComplete(): boolean {
    return this.completeTime !== undefined;
  }

  get lifecycle(): readonly DeploymentLifecycleEvent[] {
    return this.#lifecycle;
  }

  start(now: number): void {
    this.status = 'InProgress';
    this.startTime = now;
  }

  begin(name: LifecycleEventName, now: number): void {
    this.#change(name, { status: 'InProgress', startTime: now });
  }

  succeed(name: LifecycleEventName, now: number): void {
    this.#change(name, { status: 'Succeeded', endTime: now });
  }

  shift(weight: number, now: number): void {
    this.weights.push({ at: now, weight });
  }

  /** Ends the deployment: the lifecycle event in progress fails with it, pending ones are skipped. */
  end(status: 'Succeeded' | 'Failed' | 'Stopped', now: number, error?: DeploymentError): void {
    this.status = status;
    this.completeTime = now;
    this.error = error;
    for (const event of this.#lifecycle) {
      if (event.status === 'InProgress')
        this.#change(event.name, { status: 'Failed', endTime: now, message: error?.message });
      if (event.status === 'Pending') this.#change(event.name, { status: 'Skipped' });
    }
  }

  view(): DeploymentView {
    const { group, config, appSpec, creator, createTime, externalId, rollbackOf } = this.props;
    return {
      deploymentId: this.id,
      applicationName: group.applicationName,
      deploymentGroupName: group.name,
      deploymentConfigName: config.name,
      creator,
      ...(externalId !== undefined && { externalId }),
      functionName: appSpec.functionName,
      alias: appSpec.alias,
      currentVersion: appSpec.currentVersion,
      targetVersion: appSpec.targetVersion,
      status: this.status,
      ...(this.error && { error: this.error }),
      createTime,
      ...(this.completeTime !== undefined && { completeTime: this.completeTime }),
      lifecycle: this.#lifecycle,
      weights: [...this.weights],
      ...(this.rollback && { rollbackDeploymentId: this.rollback.id }),
      ...(rollbackOf && { rollbackTriggeringDeploymentId: rollbackOf.id }),
    };
  }

  #change(name: LifecycleEventName, change: Partial<DeploymentLifecycleEvent>): void {
    this.#lifecycle = this.#lifecycle.map((event) => (event.name === name ? { ...event, ...change } : event));
  }
}
