import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  type DeploymentInfo,
  type LambdaTarget,
  ListDeploymentTargetsCommand,
} from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from './clients';
import type { FailedHook, FunctionRelease, LifecycleEvent, RollbackCause } from './function-release';
import { parcels } from './reading';
import { trafficShift, weightAfter } from './traffic-shift';

/** The most that BatchGetDeployments takes (CodeDeploy API reference). */
const BATCH = 25;

export async function readDeployments({ codeDeploy }: ReleaseClients, ids: readonly string[]) {
  const infos: DeploymentInfo[] = [];
  for (const deploymentIds of parcels(ids, BATCH)) {
    const { deploymentsInfo } = await codeDeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }));
    infos.push(...(deploymentsInfo ?? []));
  }
  return infos;
}

/** A deployment to Lambda has one target: what it shifts. GetDeployment itself gives no more of it than a hash. */
export async function readTargetIds({ codeDeploy }: ReleaseClients, deploymentId: string): Promise<string[]> {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId, nextToken }));
    ids.push(...(page.targetIds ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return ids;
}

/** @param targetIds as `readTargetIds` gave them; they never change */
export async function readTarget(
  { codeDeploy }: ReleaseClients,
  deploymentId: string,
  targetIds: string[],
): Promise<LambdaTarget> {
  if (targetIds.length === 0) return {};
  const { deploymentTargets } = await codeDeploy.send(
    new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }),
  );
  return deploymentTargets?.[0]?.lambdaTarget ?? {};
}

/**
 * @param target undefined when it could not be read
 * @param now milliseconds since the epoch
 * @returns what CodeDeploy knows of one deployment to Lambda
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
    deploymentType: (info.deploymentConfigName ?? '').replace(/^CodeDeployDefault\.Lambda/, ''),
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
 * How far a shift came. CodeDeploy keeps no history of weights, so this follows from when AllowTraffic began and ended and
 * from what the preset does in that time.
 *
 * @returns percent
 */
export function weightReached(info: DeploymentInfo, target: LambdaTarget): number {
  return weightOf(info, target).percent;
}

function weightOf(info: DeploymentInfo, target: LambdaTarget, now?: number): { percent: number; at?: number } {
  const shift = target.lifecycleEvents?.find(({ lifecycleEventName }) => lifecycleEventName === 'AllowTraffic');
  const began = shift?.startTime?.getTime();
  if (!shift || began === undefined) return { percent: 0 };
  const preset = trafficShift(info.deploymentConfigName ?? '');
  const whole = shift.status === 'Succeeded' ? Number.POSITIVE_INFINITY : 0;
  const ended = (shift.endTime ?? info.completeTime)?.getTime() ?? now ?? began;
  const { percent, since } = weightAfter(preset, whole || ended - began);
  return { percent, at: began + since };
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

function failedHook({ errorInformation }: DeploymentInfo, target: LambdaTarget | undefined): FailedHook | undefined {
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

/** CodeDeploy names the alarms only in its sentence: "… Activated alarms: <first> <second>". */
export function alarmNames(message: string): string[] {
  return [...message.matchAll(/<([^<>]+)>/g)].map(([, name = '']) => name);
}
