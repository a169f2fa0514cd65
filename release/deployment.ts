import {
  BatchGetDeploymentTargetsCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  type LambdaTarget,
  ListDeploymentTargetsCommand,
} from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from './clients';
import type { FunctionRelease, LifecycleEvent, RollbackCause } from './outcome';

/** @returns what CodeDeploy knows of one deployment to Lambda */
export async function describeDeployment(clients: ReleaseClients, deploymentId: string): Promise<FunctionRelease> {
  const { deploymentInfo: info = {} } = await clients.codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
  const target = await describeTarget(clients, deploymentId);
  const shifted = target.lambdaFunctionInfo;
  const lifecycleEvents = (target.lifecycleEvents ?? []).map((event): LifecycleEvent => {
    const message = event.diagnostics?.message;
    return {
      name: event.lifecycleEventName ?? '',
      status: event.status ?? 'Unknown',
      ...(message ? { message } : {}),
    };
  });
  const cause = causeOf(info, lifecycleEvents);
  const rollbackDeploymentId = info.rollbackInfo?.rollbackDeploymentId;
  return {
    functionName: shifted?.functionName ?? '',
    alias: shifted?.functionAlias ?? '',
    from: shifted?.currentVersion ?? '',
    to: shifted?.targetVersion ?? '',
    deploymentType: (info.deploymentConfigName ?? '').replace(/^CodeDeployDefault\.Lambda/, ''),
    deploymentId,
    status: info.status ?? 'Unknown',
    weightReached: weightReached(info, target),
    seconds: ((info.completeTime?.getTime() ?? 0) - (info.createTime?.getTime() ?? 0)) / 1000,
    lifecycleEvents,
    ...(cause ? { cause } : {}),
    ...(rollbackDeploymentId ? { rollbackDeploymentId } : {}),
  };
}

/** A deployment to Lambda has one target: what it shifts. GetDeployment itself gives no more of it than a hash. */
async function describeTarget(clients: ReleaseClients, deploymentId: string): Promise<LambdaTarget> {
  const { targetIds } = await clients.codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
  if (!targetIds?.length) return {};
  const { deploymentTargets } = await clients.codeDeploy.send(
    new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }),
  );
  return deploymentTargets?.[0]?.lambdaTarget ?? {};
}

/** The presets' first step and, for linear ones, their interval. Source: CodeDeploy user guide, deployment configurations. */
const preset = /(?:Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?$/;

/**
 * How far a shift came. CodeDeploy keeps no history of weights, so this follows from when AllowTraffic began and ended and
 * from what the preset does in that time.
 *
 * @returns percent
 */
export function weightReached(info: DeploymentInfo, target: LambdaTarget): number {
  const shift = target.lifecycleEvents?.find(({ lifecycleEventName }) => lifecycleEventName === 'AllowTraffic');
  if (!shift?.startTime) return 0;
  if (shift.status === 'Succeeded') return 100;
  const [, percent, minutes] = preset.exec(info.deploymentConfigName ?? '') ?? [];
  if (!percent || !minutes) return 100;
  const lasted =
    ((shift.endTime ?? info.completeTime)?.getTime() ?? shift.startTime.getTime()) - shift.startTime.getTime();
  const intervals = Math.floor(lasted / (Number(minutes) * 60_000));
  if (info.deploymentConfigName?.includes('Canary')) return intervals >= 1 ? 100 : Number(percent);
  return Math.min(100, Number(percent) * (intervals + 1));
}

function causeOf(info: DeploymentInfo, events: readonly LifecycleEvent[]): RollbackCause | undefined {
  if (info.status === 'Succeeded' || !info.errorInformation) return undefined;
  const { code = 'UNKNOWN', message = '' } = info.errorInformation;
  if (code === 'ALARM_ACTIVE') return { type: 'alarm', alarms: alarmNames(message) };
  if (code === 'MANUAL_STOP') return { type: 'person', message };
  const hook = events.find(({ name, status }) => name !== 'AllowTraffic' && status === 'Failed');
  if (hook) return { type: 'hook', lifecycleEvent: hook.name, message: hook.message ?? message };
  return { type: 'deployment', code, message };
}

/** CodeDeploy names the alarms only in its sentence: "… Activated alarms: <first> <second>". */
export function alarmNames(message: string): string[] {
  return [...message.matchAll(/<([^<>]+)>/g)].map(([, name = '']) => name);
}
