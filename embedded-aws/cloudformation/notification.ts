import type { StackEvent } from './events';
import type { Stack } from './stack';

export const NOTIFICATION_SUBJECT = 'AWS CloudFormation Notification';

/**
 * @returns The message in which CloudFormation sends a stack event to the stack's SNS topics: lines of `Name='value'`.
 */
export function notification(stack: Stack, event: StackEvent): string {
  const fields: Record<string, string> = {
    StackId: stack.id,
    Timestamp: event.at.toISOString(),
    EventId: event.id,
    LogicalResourceId: event.logicalId,
    Namespace: stack.scope.accountId,
    PhysicalResourceId: event.physicalId,
    ResourceProperties: JSON.stringify(event.properties ?? null),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason ?? '',
    ResourceType: event.type,
    StackName: stack.name,
    ClientRequestToken: event.clientRequestToken ?? 'null',
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}
