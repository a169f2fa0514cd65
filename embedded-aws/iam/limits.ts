import { excess, inlinePoliciesLength, policyLength } from '../../aws-rules/limits/measure';
import { QUOTAS } from '../../aws-rules/limits/quotas';
import { AwsError } from '../errors';

/**
 * IAM's quotas for policies, with its error messages. Whitespace does not count.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */

/** @throws AwsError LimitExceeded (kubeflow/kubeflow#6687). */
export function checkTrustPolicy(document: object): void {
  if (excess('trustPolicy', policyLength(document)).length > 0) {
    throw exceeded('ACLSizePerRole', QUOTAS.trustPolicy.maximum);
  }
}

/** @throws AwsError LimitExceeded (aws/eks-hybrid#741). */
export function checkAttachedPolicies(arns: readonly string[]): void {
  if (excess('attachedPolicies', arns.length).length > 0) {
    throw exceeded('PoliciesPerRole', QUOTAS.attachedPolicies.maximum);
  }
}

/** @throws AwsError LimitExceeded (ministryofjustice/cloud-platform-environments#14473). */
export function checkManagedPolicy(document: object): void {
  if (excess('managedPolicy', policyLength(document)).length > 0) {
    throw exceeded('PolicySize', QUOTAS.managedPolicy.maximum);
  }
}

/** @throws AwsError LimitExceeded (serverless/serverless#7643). */
export function checkInlinePolicies(roleName: string, documents: readonly object[]): void {
  if (excess('inlinePolicies', inlinePoliciesLength(documents)).length > 0) {
    throw limitExceeded(`Maximum policy size of ${QUOTAS.inlinePolicies.maximum} bytes exceeded for role ${roleName}`);
  }
}

function exceeded(quota: string, maximum: number): AwsError {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${maximum}`);
}

function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceeded', message, 409);
}
