import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { FunctionRelease, RollbackCause } from '../outcome/function-release';
import { isCancelled } from '../outcome/stack-event';

/** A shift as the stack's events describe it: enough for an outcome when CodeDeploy cannot be read. */
export interface AnnouncedShift {
  readonly deploymentId: string;
  readonly logicalId: string;
  readonly functionName: string;
  readonly alias: string;
  /** Last event of the alias. */
  readonly last: StackEvent;
  /** @default - CodeDeploy did not roll back */
  readonly rollbackDeploymentId?: string;
}

/** CloudFormation names the deployments that it starts for an alias only in the alias's stack events. */
const DEPLOYMENT_STARTED = /^CodeDeploy deployment started: (d-[A-Z0-9]+)/;
const ROLLBACK_STARTED = /^CodeDeploy rollback deployment started: (d-[A-Z0-9]+)/;

/**
 * @param events The stack events of a release, oldest first.
 * @returns The shifts that the release started, in order.
 */
export function announcedShifts(events: readonly StackEvent[]): AnnouncedShift[] {
  const shifts = new Map<string, AnnouncedShift>();
  for (const { LogicalResourceId = '', PhysicalResourceId = '', ResourceStatusReason = '' } of events) {
    const deploymentId = DEPLOYMENT_STARTED.exec(ResourceStatusReason)?.[1];
    if (!deploymentId || shifts.has(deploymentId)) continue;
    const own = events.filter((event) => event.LogicalResourceId === LogicalResourceId);
    const decided = own.filter(({ ResourceStatus }) => !String(ResourceStatus).includes('ROLLBACK'));
    const [rollbackDeploymentId] = own.flatMap(
      (event) => ROLLBACK_STARTED.exec(event.ResourceStatusReason ?? '')?.[1] ?? [],
    );
    // arn:aws:lambda:<region>:<account>:function:<name>:<alias>
    const [functionName = '', alias = ''] = PhysicalResourceId.split(':').slice(6);
    shifts.set(deploymentId, {
      deploymentId,
      logicalId: LogicalResourceId,
      functionName: functionName || LogicalResourceId,
      alias,
      last: failureIn(decided) ?? decided.at(-1)!,
      ...(rollbackDeploymentId ? { rollbackDeploymentId } : {}),
    });
  }
  return [...shifts.values()];
}

/** @returns A shift without the facts that only CodeDeploy has. */
export function announcedRelease(shift: AnnouncedShift): FunctionRelease {
  const { deploymentId, logicalId, functionName, alias, last, rollbackDeploymentId } = shift;
  const status = String(last.ResourceStatus ?? '');
  const cause = status.endsWith('_FAILED') && !isCancelled(last) ? causeIn(last.ResourceStatusReason ?? '') : undefined;
  return {
    functionName,
    alias,
    logicalId,
    from: '?',
    to: '?',
    deploymentType: '',
    deploymentId,
    status: cause ? 'Failed' : status.endsWith('_COMPLETE') ? 'Succeeded' : 'Unknown',
    weightReached: 0,
    seconds: 0,
    lifecycleEvents: [],
    ...(cause ? { cause } : {}),
    ...(rollbackDeploymentId ? { rollbackDeploymentId } : {}),
    partial: true,
  };
}

/** @returns The alarms that CodeDeploy names in its message, the only place: "… Activated alarms: <first> <second>". */
export function alarmNames(message: string): string[] {
  return [...message.matchAll(/<([^<>]+)>/g)].map(([, name = '']) => name);
}

function failureIn(events: readonly StackEvent[]): StackEvent | undefined {
  return events.find(({ ResourceStatus }) => String(ResourceStatus).endsWith('_FAILED'));
}

function causeIn(reason: string): RollbackCause {
  const alarms = /activated alarms?:/i.test(reason) ? alarmNames(reason) : [];
  if (alarms.length > 0) return { type: 'alarm', alarms };
  return { type: 'deployment', code: 'UNKNOWN', message: reason };
}
