import {
  CloudFormationServiceException,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from '../aws/clients';

/**
 * Whether an error means that the stack does not exist: CloudFormation uses a plain ValidationError, recognisable by
 * its text only.
 */
export function isMissing(error: unknown): boolean {
  return error instanceof CloudFormationServiceException && /does not exist/.test(error.message);
}

/** A stack's status and its tags. */
interface DescribedStack {
  readonly status: string;
  /** By key. */
  readonly tags: Readonly<Record<string, string>>;
}

/** @returns Undefined when the stack does not exist. */
export async function describeStack(clients: ReleaseClients, stackName: string): Promise<DescribedStack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await clients.cloudFormation.send(
      new DescribeStacksCommand({ StackName: stackName }),
    );
    if (!stack) return undefined;
    const tags = (stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]);
    return { status: stack.StackStatus ?? '', tags: Object.fromEntries(tags) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @returns The stack's status; undefined when the stack does not exist. */
export async function stackStatus(clients: ReleaseClients, stackName: string): Promise<string | undefined> {
  return (await describeStack(clients, stackName))?.status;
}

/** @returns The id of the stack's newest event; undefined when the stack does not exist. */
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

/**
 * @returns The physical ids of the stack's resources, by logical id; without deleted ones, which CloudFormation lists
 * too.
 */
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
