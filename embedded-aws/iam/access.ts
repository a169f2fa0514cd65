import { type AccessRule, type AccessRules, need } from '../access/need';
import type { Identities } from './identities';

/**
 * Permissions that IAM's operations need.
 *
 * Source: Service Authorization Reference, AWS Identity and Access Management. The resource is the role's ARN with its
 * path, which the request does not have.
 */
export function iamAccess(iam: Identities): AccessRules {
  const onRole =
    (action: string): AccessRule =>
    ({ RoleName }) =>
      need(action, iam.findRole(RoleName)?.arn ?? `arn:aws:iam::${iam.accountId}:role/${RoleName}`);
  return {
    GetRole: onRole('iam:GetRole'),
    ListRolePolicies: onRole('iam:ListRolePolicies'),
    GetRolePolicy: onRole('iam:GetRolePolicy'),
    ListAttachedRolePolicies: onRole('iam:ListAttachedRolePolicies'),
    GetPolicy: ({ PolicyArn }) => need('iam:GetPolicy', PolicyArn),
    ListPolicyVersions: ({ PolicyArn }) => need('iam:ListPolicyVersions', PolicyArn),
    GetPolicyVersion: ({ PolicyArn }) => need('iam:GetPolicyVersion', PolicyArn),
  };
}
