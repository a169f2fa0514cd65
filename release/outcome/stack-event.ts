import type { StackEvent } from '@aws-sdk/client-cloudformation';

/**
 * @returns Whether CloudFormation is working on a stack with this status. A stack in review only has a change set that
 * was never executed, and stays so until it is.
 */
export function isBusy(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

/** @returns Whether an event is about the stack itself, not about a resource in it. */
export function isOfStack({ ResourceType, PhysicalResourceId, StackId }: StackEvent): boolean {
  return ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId === StackId;
}

/** @returns Whether an event is about an alias of a Lambda function. */
export function isAlias({ ResourceType }: StackEvent): boolean {
  return ResourceType === 'AWS::Lambda::Alias';
}

/** @returns Whether CloudFormation cancelled a resource because another one had failed. */
export function isCancelled({ ResourceStatusReason }: StackEvent): boolean {
  return /^Resource (creation|update|deletion) cancelled/.test(ResourceStatusReason ?? '');
}
