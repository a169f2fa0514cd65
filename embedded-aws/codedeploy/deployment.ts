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

/** Why a deployment ends before its time. */
export interface Halt extends DeploymentError {
  readonly status: 'Failed' | 'Stopped';
  /** The event on which a group may roll back; undefined when nothing was changed that could be taken back. */
  readonly rollsBackOn: RollbackEvent | undefined;
}

/** From an instant on, the target version has a share of the traffic. */
export interface Weight {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 0 to 1. */
  readonly weight: number;
}

/** A deployment as the rehearsal reports it. */
export interface DeploymentView {
  readonly deploymentId: string;
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentConfigName: string;
  readonly creator: 'user' | 'codeDeployRollback';
  /** The stack that asked for it. */
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
  /** The target version's weight over time, its being taken back included. */
  readonly weights: readonly Weight[];
  /** The deployment that took this one back. */
  readonly rollbackDeploymentId?: string;
  /** The deployment that this one took back. */
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
  /** The deployment that this one takes back. */
  readonly rollbackOf?: Deployment;
}

/** One deployment and what has become of it so far. */
export class Deployment {
  status: DeploymentStatus = 'Created';
  startTime: number | undefined;
  completeTime: number | undefined;
  error: DeploymentError | undefined;
  /** The deployment that takes this one back. */
  rollback: Deployment | undefined;
  /** Somebody wants it stopped; `rollBack` undefined leaves it to the group whether it is taken back. */
  stopRequest: { readonly rollBack: boolean | undefined } | undefined;
  readonly weights: Weight[] = [];
  readonly hookExecutions: HookExecution[] = [];
  #lifecycle: readonly DeploymentLifecycleEvent[] = LIFECYCLE_EVENT_NAMES.map((name) => ({ name, status: 'Pending' }));

  constructor(readonly props: DeploymentProps) {}

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

  /** Ends the deployment; the event it was in has failed with it, those that it did not come to are skipped. */
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
