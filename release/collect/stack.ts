import {
  CloudFormationServiceException,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from '../aws/clients';

/** How CloudFormation says that there is no such stack: a plain ValidationError, told apart by its text alone. */
export function isMissing(error: unknown): boolean {
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

/** @returns whether an event is about the stack itself, not about a resource in it */
export function isOfStack({ ResourceType, PhysicalResourceId, StackId }: StackEvent): boolean {
  return ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId === StackId;
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
