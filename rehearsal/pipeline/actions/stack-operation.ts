import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { ActionResult } from '../action-runner';
import { isMissing } from './cloudformation-call';

/** @returns The stack. Undefined if there is none. */
export async function findStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @returns Whether the stack has to be created: there is none, or it has only a change set so far. */
export function isNew(stack: Stack | undefined): boolean {
  return !stack || stack.StackStatus === 'REVIEW_IN_PROGRESS';
}

/**
 * Starts an operation on a stack and waits until it has ended.
 *
 * @param pause Waits between two polls.
 */
export async function operateStack(
  client: CloudFormationClient,
  stackName: string,
  start: () => Promise<unknown>,
  pause: () => Promise<void> = pauseBriefly,
): Promise<ActionResult> {
  const [before] = await events(client, stackName);
  await start();
  for (;;) {
    const all = await events(client, stackName);
    const known = all.findIndex(({ EventId }) => EventId === before?.EventId);
    const recent = known < 0 ? all : all.slice(0, known);
    const status = finalStatus(recent[0]);
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') {
      return stackSucceeded(`Stack ${stackName} is ${status}`, await findStack(client, stackName));
    }
    if (status) return { type: 'failed', code: 'JobFailed', message: failure(stackName, recent) };
    await pause();
  }
}

/** @returns A success with the stack's outputs as output variables. */
export function stackSucceeded(summary: string, stack: Stack | undefined): ActionResult {
  const outputs = (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
  return { type: 'succeeded', summary, externalId: stack?.StackId, variables: Object.fromEntries(outputs) };
}

/** Waits 25 ms of real time. */
export function pauseBriefly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 25));
}

/** @returns The newest hundred events (one page of the API), newest first. */
async function events(client: CloudFormationClient, stackName: string): Promise<readonly StackEvent[]> {
  try {
    return (await client.send(new DescribeStackEventsCommand({ StackName: stackName }))).StackEvents ?? [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** @returns The status with which an operation ended by that event. Undefined if the operation goes on. */
function finalStatus(event: StackEvent | undefined): string | undefined {
  if (!event || !isStack(event)) return undefined;
  return /_(COMPLETE|FAILED)$/.test(event.ResourceStatus ?? '') ? event.ResourceStatus : undefined;
}

function isStack(event: StackEvent): boolean {
  return event.PhysicalResourceId === event.StackId;
}

/** @returns The stack's last status and the first failure: resources that fail later were only cancelled. */
function failure(stackName: string, recent: readonly StackEvent[]): string {
  const first = recent.findLast((event) => !isStack(event) && event.ResourceStatus?.endsWith('_FAILED'));
  const why = first ? `${first.LogicalResourceId}: ${first.ResourceStatusReason}` : recent[0]?.ResourceStatusReason;
  return `Stack ${stackName} ended in ${recent[0]?.ResourceStatus}. Reason: ${why}`;
}
