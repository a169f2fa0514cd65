import {
  BatchGetDeploymentGroupsCommand,
  BatchGetDeploymentsCommand,
  type DeploymentGroupInfo,
  type DeploymentInfo,
  GetDeploymentTargetCommand,
  type LambdaTarget,
  ListDeploymentTargetsCommand,
} from '@aws-sdk/client-codedeploy';
import { PRESET_PREFIX, routingNamed, stepAt } from '../../aws-rules/traffic-shift';
import type { ReleaseClients } from '../aws/clients';
import type { FailedHook, FunctionRelease, LifecycleEvent, RollbackCause } from '../outcome/function-release';
import { type AnnouncedShift, alarmNames } from './alias-events';
import { chunks } from './reading';

/** Ids that BatchGetDeployments accepts in one call (CodeDeploy API reference). */
export const DEPLOYMENTS_PER_CALL = 25;

/** Names that BatchGetDeploymentGroups accepts in one call (CodeDeploy API reference). */
const GROUPS_PER_CALL = 100;

/** @param deploymentIds At most `DEPLOYMENTS_PER_CALL`. */
export async function readDeployments(
  { codeDeploy }: ReleaseClients,
  deploymentIds: string[],
): Promise<DeploymentInfo[]> {
  const { deploymentsInfo } = await codeDeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }));
  return deploymentsInfo ?? [];
}

/** @returns Deployment groups of one application, by name; without those that do not exist. */
export async function readGroups(
  { codeDeploy }: ReleaseClients,
  applicationName: string,
  names: readonly string[],
): Promise<Map<string, DeploymentGroupInfo>> {
  const groups = new Map<string, DeploymentGroupInfo>();
  for (const deploymentGroupNames of chunks(names, GROUPS_PER_CALL)) {
    const { deploymentGroupsInfo = [] } = await codeDeploy.send(
      new BatchGetDeploymentGroupsCommand({ applicationName, deploymentGroupNames }),
    );
    for (const group of deploymentGroupsInfo) groups.set(group.deploymentGroupName ?? '', group);
  }
  return groups;
}

/**
 * A deployment to Lambda has one target: the function and alias that it shifts. GetDeployment returns only a hash of
 * it.
 */
async function readTargetId({ codeDeploy }: ReleaseClients, deploymentId: string): Promise<string | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId, nextToken }));
    if (page.targetIds?.length) return page.targetIds[0];
    nextToken = page.nextToken;
  } while (nextToken);
  return undefined;
}

/** How CodeDeploy forms the id of a target. */
type IdForm = (shifted: { readonly functionName: string; readonly alias: string }) => string;

const ID_FORMS: readonly IdForm[] = [
  ({ functionName, alias }) => `${functionName}:${alias}`,
  ({ functionName }) => functionName, // by the CodeDeploy API reference, GetDeploymentTarget
];

/**
 * Reads the targets of deployments. The form of their ids is learnt from the first one, which saves one call for each
 * other.
 */
export class TargetReader {
  readonly #clients: ReleaseClients;
  readonly #ids = new Map<string, string>();
  #form: IdForm | undefined;

  constructor(clients: ReleaseClients) {
    this.#clients = clients;
  }

  async read({
    deploymentId,
    functionName,
    alias,
  }: Pick<AnnouncedShift, 'deploymentId' | 'functionName' | 'alias'>): Promise<LambdaTarget> {
    const known = this.#ids.get(deploymentId);
    if (known) return (await this.#target(deploymentId, known)) ?? {};
    const likely = alias && this.#form?.({ functionName, alias });
    const target = likely && (await this.#target(deploymentId, likely).catch(undefinedIfMissing));
    if (target) {
      this.#ids.set(deploymentId, likely);
      return target;
    }
    const id = await readTargetId(this.#clients, deploymentId);
    if (id === undefined) return {};
    this.#ids.set(deploymentId, id);
    this.#form ??= ID_FORMS.find((form) => form({ functionName, alias }) === id);
    return (await this.#target(deploymentId, id)) ?? {};
  }

  /**
   * Not BatchGetDeploymentTargets: CodeDeploy's permissions reference lists no deployment group on which it could be
   * granted.
   *
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
   */
  async #target(deploymentId: string, targetId: string): Promise<LambdaTarget | undefined> {
    const { deploymentTarget } = await this.#clients.codeDeploy.send(
      new GetDeploymentTargetCommand({ deploymentId, targetId }),
    );
    return deploymentTarget?.lambdaTarget;
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (/^(DeploymentTargetDoesNotExist|InvalidDeploymentTargetId)Exception$/.test((error as Error).name))
    return undefined;
  throw error;
}

/**
 * @param target Undefined when it could not be read.
 * @param now Milliseconds since the epoch.
 * @returns What CodeDeploy reports about one deployment to Lambda.
 */
export function functionRelease(info: DeploymentInfo, target: LambdaTarget | undefined, now: number): FunctionRelease {
  const shifted = target?.lambdaFunctionInfo;
  const lifecycleEvents = (target?.lifecycleEvents ?? []).map((event): LifecycleEvent => {
    const message = event.diagnostics?.message;
    return {
      name: event.lifecycleEventName ?? '',
      status: event.status ?? 'Unknown',
      ...(message ? { message } : {}),
      ...(event.startTime ? { began: event.startTime.toISOString() } : {}),
      ...(event.endTime ? { ended: event.endTime.toISOString() } : {}),
    };
  });
  const cause = causeOf(info, lifecycleEvents);
  const hook = failedHook(info, target);
  const rollbackDeploymentId = info.rollbackInfo?.rollbackDeploymentId;
  const reached = weightOf(info, target ?? {}, now);
  const end = info.completeTime?.getTime() ?? now;
  return {
    functionName: shifted?.functionName ?? '',
    alias: shifted?.functionAlias ?? '',
    from: shifted?.currentVersion ?? '?',
    to: shifted?.targetVersion ?? '?',
    deploymentType: (info.deploymentConfigName ?? '').replace(PRESET_PREFIX, ''),
    deploymentId: info.deploymentId ?? '',
    status: info.status ?? 'Unknown',
    weightReached: reached.percent,
    seconds: Math.max(0, (end - (info.createTime?.getTime() ?? end)) / 1000),
    lifecycleEvents,
    ...(info.createTime ? { began: info.createTime.toISOString() } : {}),
    ...(info.completeTime ? { ended: info.completeTime.toISOString() } : {}),
    ...(reached.at === undefined ? {} : { weightReachedAt: new Date(reached.at).toISOString() }),
    ...(cause ? { cause } : {}),
    ...(hook ? { hook } : {}),
    ...(rollbackDeploymentId ? { rollbackDeploymentId } : {}),
    ...(target ? {} : { partial: true as const }),
  };
}

/**
 * How far a shift came. CodeDeploy keeps no history of weights, so this is computed from the duration of AllowTraffic
 * and the preset's steps.
 *
 * @returns Percent.
 */
export function weightReached(info: DeploymentInfo, target: LambdaTarget): number {
  return weightOf(info, target).percent;
}

function weightOf(info: DeploymentInfo, target: LambdaTarget, now?: number): { percent: number; at?: number } {
  const shift = target.lifecycleEvents?.find(({ lifecycleEventName }) => lifecycleEventName === 'AllowTraffic');
  const began = shift?.startTime?.getTime();
  if (!shift || began === undefined) return { percent: 0 };
  const routing = routingNamed(info.deploymentConfigName ?? '');
  const whole = shift.status === 'Succeeded' ? Number.POSITIVE_INFINITY : 0;
  const ended = (shift.endTime ?? info.completeTime)?.getTime() ?? now ?? began;
  const { weight, after } = stepAt(routing, whole || ended - began);
  return { percent: Math.round(weight * 100), at: began + after };
}

function causeOf(info: DeploymentInfo, events: readonly LifecycleEvent[]): RollbackCause | undefined {
  if (info.status !== 'Failed' && info.status !== 'Stopped') return undefined;
  const { code = 'UNKNOWN', message = 'CodeDeploy gave no reason' } = info.errorInformation ?? {};
  if (code === 'ALARM_ACTIVE') return { type: 'alarm', alarms: alarmNames(message) };
  if (code === 'MANUAL_STOP') return { type: 'person', message };
  const hook = events.find(isFailedHook);
  if (hook) return { type: 'hook', lifecycleEvent: hook.name, message: hook.message ?? message };
  return { type: 'deployment', code, message };
}

function isFailedHook({ name, status }: Pick<LifecycleEvent, 'name' | 'status'>): boolean {
  return name !== 'AllowTraffic' && status === 'Failed';
}

/** @returns The hook that failed, as far as CodeDeploy names it. */
export function failedHook(
  { errorInformation }: DeploymentInfo,
  target: LambdaTarget | undefined,
): FailedHook | undefined {
  const event = target?.lifecycleEvents?.find(({ lifecycleEventName: name = '', status = '' }) =>
    isFailedHook({ name, status }),
  );
  if (!event) return undefined;
  const functionName = event.diagnostics?.scriptName;
  return {
    lifecycleEvent: event.lifecycleEventName ?? '',
    answered: errorInformation?.code !== 'TIMEOUT',
    ...(functionName ? { functionName } : {}),
    reasons: [],
  };
}
