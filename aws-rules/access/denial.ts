import type { AccessDecision, AccessRequest } from './evaluate';
import { principalName } from './principal';

/**
 * @returns AWS's message for a request that was denied.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denialMessage(
  { principal, action, resource }: AccessRequest,
  { reason }: Extract<AccessDecision, { allowed: false }>,
): string {
  return `User: ${principalName(principal)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}
