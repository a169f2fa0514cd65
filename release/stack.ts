import {
  CloudFormationServiceException,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from './clients';

/** How CloudFormation says that there is no such stack: a plain ValidationError, told apart by its text alone. */
function isMissing(error: unknown): boolean {
  return error instanceof CloudFormationServiceException && /does not exist/.test(error.message);
}

/** @returns the stack's status, or undefined when there is no such stack */
export async function stackStatus(clients: ReleaseClients, stackName: string): Promise<string | undefined> {
  try {
    const { Stacks } = await clients.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * @returns whether CloudFormation is at work on a stack in that status; one in review only has a change set that nobody
 * executed, and stays so until somebody does
 */
export function isBusy(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

/**
 * @param after id of the event to stop before, @default all there are
 * @returns the stack's events that came after, oldest first
 */
export async function stackEvents(clients: ReleaseClients, stackName: string, after?: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  try {
    for await (const page of paginateDescribeStackEvents(
      { client: clients.cloudFormation },
      { StackName: stackName },
    )) {
      for (const event of page.StackEvents ?? []) {
        if (event.EventId === after) return events.reverse();
        events.push(event);
      }
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return events.reverse();
}

/** How the events of a stack operation begin, as the stack itself says it. */
const begins = new Set(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'IMPORT_IN_PROGRESS']);

/** @returns whether an event is about the stack itself, not about a resource in it */
export function isOfStack({ ResourceType, PhysicalResourceId, StackId }: StackEvent): boolean {
  return ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId === StackId;
}

/** @returns the events of the last operation on a stack, from its beginning on, oldest first; none without a stack */
export async function lastOperation(clients: ReleaseClients, stackName: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  try {
    for await (const page of paginateDescribeStackEvents(
      { client: clients.cloudFormation },
      { StackName: stackName },
    )) {
      for (const event of page.StackEvents ?? []) {
        events.push(event);
        if (isOfStack(event) && begins.has(event.ResourceStatus ?? '')) return events.reverse();
      }
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return events.reverse();
}

/** @returns the id of the stack's newest event, or undefined when there is no stack */
export async function newestEventId(clients: ReleaseClients, stackName: string): Promise<string | undefined> {
  try {
    for await (const page of paginateDescribeStackEvents(
      { client: clients.cloudFormation },
      { StackName: stackName },
    )) {
      return page.StackEvents?.[0]?.EventId;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return undefined;
}

/** @returns the physical ids of the stack's resources, by logical id; CloudFormation lists those that are gone, too */
export async function stackResources(clients: ReleaseClients, stackName: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for await (const page of paginateListStackResources({ client: clients.cloudFormation }, { StackName: stackName })) {
    for (const { LogicalResourceId, PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? []) {
      if (ResourceStatus === 'DELETE_COMPLETE' || ResourceStatus === 'DELETE_SKIPPED') continue;
      ids.set(LogicalResourceId ?? '', PhysicalResourceId ?? '');
    }
  }
  return ids;
}

/** What to do about a stack that nothing can be released to, by its status. */
export const stuckRemedies: Readonly<Record<string, string>> = {
  UPDATE_ROLLBACK_FAILED:
    "continue the rollback in the CloudFormation console ('Continue update rollback'), then retry",
  ROLLBACK_COMPLETE: "its creation failed and it can only be deleted: run 'sls remove' for this stage, then retry",
  ROLLBACK_FAILED: "its creation failed and it can only be deleted: run 'sls remove' for this stage, then retry",
  CREATE_FAILED: "its creation failed and it can only be deleted: run 'sls remove' for this stage, then retry",
  DELETE_FAILED: "its deletion failed: finish it with 'sls remove' for this stage, then retry",
};
