import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { FunctionRelease, RollbackCause } from '../outcome/function-release';
import { alarmNames } from './deployment';

/** A shift as the stack's events tell it; enough for a verdict when CodeDeploy cannot be asked. */
export interface AnnouncedShift {
  readonly deploymentId: string;
  readonly logicalId: string;
  readonly functionName: string;
  readonly alias: string;
  /** the alias's last event */
  readonly last: StackEvent;
  /** @default CodeDeploy rolled nothing back */
  readonly rollbackDeploymentId?: string;
}

/** CloudFormation names the deployments that it starts for an alias only in the alias's stack events. */
const started = /^CodeDeploy deployment started: (d-[A-Z0-9]+)/;
const rolledBack = /^CodeDeploy rollback deployment started: (d-[A-Z0-9]+)/;

/** @param events a release's, oldest first. @returns the shifts that it started, in their order */
export function announcedShifts(events: readonly StackEvent[]): AnnouncedShift[] {
  const shifts = new Map<string, AnnouncedShift>();
  for (const { LogicalResourceId = '', PhysicalResourceId = '', ResourceStatusReason = '' } of events) {
    const deploymentId = started.exec(ResourceStatusReason)?.[1];
    if (!deploymentId || shifts.has(deploymentId)) continue;
    const own = events.filter((event) => event.LogicalResourceId === LogicalResourceId);
    const decided = own.filter(({ ResourceStatus }) => !String(ResourceStatus).includes('ROLLBACK'));
    const rollbackDeploymentId = own.flatMap(
      (event) => rolledBack.exec(event.ResourceStatusReason ?? '')?.[1] ?? [],
    )[0];
    // arn:aws:lambda:<region>:<account>:function:<name>:<alias>
    const [functionName = '', alias = ''] = PhysicalResourceId.split(':').slice(6);
    shifts.set(deploymentId, {
      deploymentId,
      logicalId: LogicalResourceId,
      functionName: functionName || LogicalResourceId,
      alias,
      last: failureOf(decided) ?? decided.at(-1)!,
      ...(rollbackDeploymentId ? { rollbackDeploymentId } : {}),
    });
  }
  return [...shifts.values()];
}

/** @returns a shift without what only CodeDeploy knows */
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

/** @returns whether CloudFormation gave a resource up because of another one */
export function isCancelled({ ResourceStatusReason }: StackEvent): boolean {
  return /^Resource (creation|update|deletion) cancelled/.test(ResourceStatusReason ?? '');
}

export function isAlias({ ResourceType }: StackEvent): boolean {
  return ResourceType === 'AWS::Lambda::Alias';
}

function failureOf(events: readonly StackEvent[]): StackEvent | undefined {
  return events.find(({ ResourceStatus }) => String(ResourceStatus).endsWith('_FAILED'));
}

function causeIn(reason: string): RollbackCause {
  const alarms = /activated alarms?:/i.test(reason) ? alarmNames(reason) : [];
  if (alarms.length > 0) return { type: 'alarm', alarms };
  return { type: 'deployment', code: 'UNKNOWN', message: reason };
}
