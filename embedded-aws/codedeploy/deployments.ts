import { PRESET_PREFIX } from '../../aws-rules/traffic-shift';
import type { RoleCheck } from '../access/access-control';
import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { AliasControl } from '../lambda/invocation';
import type { Random } from '../random';
import type { Scope } from '../scope';
import type { AlarmStates } from './alarm-watch';
import { type AppSpec, type Revision, writeAppSpec } from './app-spec';
import { Deployment, type DeploymentProps, type DeploymentStatus, type Halt } from './deployment';
import type { AlarmConfiguration, AutoRollback, DeploymentGroup } from './deployment-group';
import { DeploymentRun } from './deployment-run';
import type { Registry } from './registry';
import { runRollback } from './rollback-run';
import { ServiceRole } from './service-role';
import { type StateChange, type StateChangeEvent, stateChange } from './state-change';

interface DeploymentsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly registry: Registry;
  readonly lambda: AliasControl;
  readonly alarms: AlarmStates;
  /** Decides about what deployments do under their service role. */
  readonly checkRole: RoleCheck;
  readonly onStateChange: (event: StateChangeEvent) => void;
}

/** Request to create a deployment. */
interface DeploymentRequest {
  readonly group: DeploymentGroup;
  readonly appSpec: AppSpec;
  readonly revision: Revision;
  /** @default - The group's. */
  readonly configName?: string | undefined;
  /** @default - The group's. */
  readonly alarms?: AlarmConfiguration | undefined;
  /** @default - The group's. */
  readonly autoRollback?: AutoRollback | undefined;
  readonly externalId?: string | undefined;
  readonly description?: string | undefined;
}

/** Report of a hook, with the members of PutLifecycleEventHookExecutionStatus. */
export interface HookReport {
  readonly deploymentId: string;
  readonly lifecycleEventHookExecutionId: string;
  /** `Succeeded` or `Failed`; every other status is refused. */
  readonly status: string;
}

/** The deployments of an account and region. */
export class Deployments {
  readonly #all = new Map<string, Deployment>();

  readonly #props: DeploymentsProps;

  constructor(props: DeploymentsProps) {
    this.#props = props;
  }

  /** @returns Every deployment, in the order of creation. */
  list(): readonly Deployment[] {
    return [...this.#all.values()];
  }

  /** @throws AwsError DeploymentDoesNotExistException. */
  require(id: string): Deployment {
    const deployment = this.#all.get(id);
    if (!deployment) throw new AwsError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
    return deployment;
  }

  /**
   * Accepts the result of a hook: PutLifecycleEventHookExecutionStatus.
   *
   * @throws AwsError DeploymentDoesNotExistException, InvalidLifecycleEventHookExecutionIdException,
   * InvalidLifecycleEventHookExecutionStatusException or LifecycleEventAlreadyCompletedException.
   */
  reportHook({ deploymentId, lifecycleEventHookExecutionId, status }: HookReport): void {
    const execution = this.require(deploymentId).hookExecutions.find(({ id }) => id === lifecycleEventHookExecutionId);
    if (!execution) {
      throw new AwsError(
        'InvalidLifecycleEventHookExecutionIdException',
        `no lifecycle event hook of deployment ${deploymentId} has the execution id ${lifecycleEventHookExecutionId}`,
      );
    }
    if (status !== 'Succeeded' && status !== 'Failed') {
      throw new AwsError(
        'InvalidLifecycleEventHookExecutionStatusException',
        `the status is ${status}, expected Succeeded or Failed`,
      );
    }
    execution.report(status);
  }

  /**
   * Creates a deployment; {@link run} runs it.
   *
   * @throws AwsError DeploymentLimitExceededException while another deployment of the group is in progress.
   */
  create(request: DeploymentRequest): Deployment {
    const { group } = request;
    const current = this.list().find(({ isComplete, props }) => !isComplete && props.group.id === group.id);
    if (current) {
      throw new AwsError(
        'DeploymentLimitExceededException',
        `The Deployment Group '${group.name}' is already deploying deployment '${current.id}'.`,
      );
    }
    return this.#add({
      group,
      config: this.#props.registry.config(request.configName ?? group.configName),
      appSpec: request.appSpec,
      revision: request.revision,
      creator: 'user',
      alarms: request.alarms ?? group.alarms,
      autoRollback: request.autoRollback ?? group.autoRollback,
      externalId: request.externalId,
      description: request.description,
    });
  }

  /**
   * Runs a deployment, and its rollback if there is one, in the calling task.
   *
   * @param onRollback Called when a rollback deployment is created.
   */
  async run(deployment: Deployment, onRollback: (rollback: Deployment) => void = () => {}): Promise<void> {
    const { scope, clock, lambda, alarms, checkRole } = this.#props;
    deployment.start(clock.now());
    this.#sendEvent(deployment, 'START');
    const random = this.#random(deployment);
    const halt = await new DeploymentRun(deployment, {
      clock,
      random,
      lambda,
      alarms,
      role: new ServiceRole(deployment, scope, checkRole),
    }).run();
    this.#end(deployment, halt?.status ?? 'Succeeded', halt);
    if (!halt || !rollsBack(deployment, halt)) return;

    const rollback = this.#rollbackOf(deployment);
    deployment.rollback = rollback;
    onRollback(rollback);
    rollback.start(clock.now());
    this.#sendEvent(rollback, 'START');
    const error = await runRollback(rollback, { clock, lambda, role: new ServiceRole(rollback, scope, checkRole) });
    this.#end(rollback, error ? 'Failed' : 'Succeeded', error);
  }

  #rollbackOf(deployment: Deployment): Deployment {
    const { group, appSpec, externalId } = deployment.props;
    const { functionName, alias, currentVersion, targetVersion } = appSpec;
    const back = { functionName, alias, currentVersion: targetVersion, targetVersion: currentVersion };
    return this.#add({
      group,
      // As in a published log (of ECS): a rollback shifts all at once, whatever the group's configuration.
      config: this.#props.registry.config(`${PRESET_PREFIX}AllAtOnce`),
      appSpec: back,
      revision: writeAppSpec(back),
      creator: 'codeDeployRollback',
      alarms: { enabled: false, names: [], ignorePollAlarmFailure: false },
      autoRollback: { enabled: false, events: [] },
      externalId,
      rollbackOf: deployment,
    });
  }

  #add(props: Omit<DeploymentProps, 'id' | 'createTime'>): Deployment {
    const random = this.#props.random.stream(`id/${props.group.applicationName}/${props.group.name}/${this.#all.size}`);
    const id = `d-${random.text(9, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`;
    const deployment = new Deployment({ ...props, id, createTime: this.#props.clock.now() });
    this.#all.set(id, deployment);
    return deployment;
  }

  #end(deployment: Deployment, status: 'Succeeded' | 'Failed' | 'Stopped', error: Deployment['error']): void {
    deployment.end(status, this.#props.clock.now(), error && { code: error.code, message: error.message });
    this.#sendEvent(deployment, EVENT_STATES[status]);
  }

  #sendEvent(deployment: Deployment, state: StateChange): void {
    const { scope, clock, onStateChange } = this.#props;
    const eventId = this.#random(deployment).stream(`event/${state}`).uuid();
    onStateChange(stateChange(deployment, state, scope, clock.now(), eventId));
  }

  #random(deployment: Deployment): Random {
    return this.#props.random.stream(`deployment/${deployment.id}`);
  }
}

const EVENT_STATES: Readonly<Record<Exclude<DeploymentStatus, 'Created' | 'InProgress'>, StateChange>> = {
  Succeeded: 'SUCCESS',
  Failed: 'FAILURE',
  Stopped: 'STOP',
};

/** Whether a deployment is rolled back: StopDeployment may decide it, otherwise its configuration does. */
function rollsBack({ props, stopRequest }: Deployment, halt: Halt): boolean {
  if (!halt.rollsBackOn) return false;
  if (halt.code === 'MANUAL_STOP' && stopRequest?.rollBack !== undefined) return stopRequest.rollBack;
  return props.autoRollback.enabled && props.autoRollback.events.includes(halt.rollsBackOn);
}
