import type { RoleCheck } from '../access/access-control';
import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { AliasShift, AliasShifter } from '../lambda/alias-shift';
import type { AliasControl } from '../lambda/invocation';
import type { ServiceApi } from '../protocol/api';
import { jsonApi } from '../protocol/json';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { codeDeployAccess } from './access';
import type { AlarmStates } from './alarm-watch';
import { writeAppSpec } from './app-spec';
import type { Deployment, DeploymentView } from './deployment';
import type { Application, DeploymentGroup } from './deployment-group';
import { deploymentOperations } from './deployment-operations';
import { Deployments, type HookReport } from './deployments';
import { Registry } from './registry';
import { registryOperations } from './registry-operations';
import { resourceTypes } from './resource-types';
import type { StateChangeEvent } from './state-change';

interface CodeDeployProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly lambda: AliasControl;
  readonly alarms: AlarmStates;
  /** Decides about what deployments do under their service role. */
  readonly checkRole: RoleCheck;
  /**
   * Called with every event that CodeDeploy sends to EventBridge.
   *
   * @default - Not called.
   */
  readonly onStateChange?: (event: StateChangeEvent) => void;
}

/** AWS CodeDeploy for Lambda, in one account and region; contract.md has its rules, timings and their sources. */
export class CodeDeploy implements AliasShifter {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #registry: Registry;
  readonly #deployments: Deployments;
  readonly #random: Random;

  constructor({ scope, clock, random, lambda, alarms, checkRole, onStateChange = () => {} }: CodeDeployProps) {
    this.#random = random;
    const registry = new Registry(clock, random);
    const deployments = new Deployments({ scope, clock, random, registry, lambda, alarms, checkRole, onStateChange });
    this.#registry = registry;
    this.#deployments = deployments;
    this.resourceTypes = resourceTypes({ registry, clock, random });
    this.api = jsonApi({
      signingName: 'codedeploy',
      target: 'CodeDeploy_20141006',
      version: '1.1',
      operations: {
        ...registryOperations(registry, deployments),
        ...deploymentOperations({ scope, clock, registry, deployments }),
      },
      access: codeDeployAccess(scope, deployments),
    });
  }

  async shiftAlias(shift: AliasShift, note: (reason: string) => void): Promise<void> {
    const { functionName, alias, currentVersion, targetVersion, stackId } = shift;
    const appSpec = {
      functionName,
      alias,
      currentVersion,
      targetVersion,
      ...(shift.beforeAllowTrafficHook && { beforeAllowTraffic: shift.beforeAllowTrafficHook }),
      ...(shift.afterAllowTrafficHook && { afterAllowTraffic: shift.afterAllowTrafficHook }),
    };
    const group = this.#registry.group(shift.applicationName, shift.deploymentGroupName);
    const deployment = this.#create({ group, appSpec, revision: writeAppSpec(appSpec), externalId: stackId });
    note(`CodeDeploy deployment started: ${deployment.id}`);
    await this.#deployments.run(deployment, (rollback) =>
      note(`CodeDeploy rollback deployment started: ${rollback.id}`),
    );
    if (deployment.status !== 'Succeeded') throw this.#failure(deployment);
  }

  /**
   * Creates an application: CreateApplication.
   *
   * @throws AwsError ApplicationAlreadyExistsException.
   */
  createApplication(name: string, tags: Application['tags'] = {}): void {
    this.#registry.addApplication(name, tags);
  }

  /**
   * Creates a deployment group: CreateDeploymentGroup.
   *
   * @throws AwsError DeploymentGroupAlreadyExistsException, ApplicationDoesNotExistException or
   * DeploymentConfigDoesNotExistException.
   */
  createDeploymentGroup(group: Omit<DeploymentGroup, 'id'>): void {
    this.#registry.addGroup(group);
  }

  /**
   * Accepts the result of a hook: PutLifecycleEventHookExecutionStatus.
   *
   * @throws AwsError as {@link Deployments.reportHook} does.
   */
  reportHook(report: HookReport): void {
    this.#deployments.reportHook(report);
  }

  /** @returns Every deployment with its history, in the order of creation. */
  deployments(): readonly DeploymentView[] {
    return this.#deployments.list().map((deployment) => deployment.view());
  }

  /** Creates a deployment; the error for a busy group is CloudFormation's (SAM issues 291 and 351). */
  #create(request: Parameters<Deployments['create']>[0]): Deployment {
    try {
      return this.#deployments.create(request);
    } catch (error) {
      if (!(error instanceof AwsError) || error.name !== 'DeploymentLimitExceededException') throw error;
      throw new AwsError(error.code, 'A conflicting deployment is in progress');
    }
  }

  /** CloudFormation's reason as in published logs, which say `failed` even when CodeDeploy's status is Stopped. */
  #failure({ id, error }: Deployment): AwsError {
    const requestToken = this.#random.stream(`request-token/${id}`).uuid();
    const context = `(RequestToken: ${requestToken}, HandlerErrorCode: InternalFailure)`;
    const message = `Resource handler returned message: "${id} failed. ${error?.message}" ${context}`;
    return new AwsError('InternalFailure', message);
  }
}
