import type { PolicyPrincipals } from './policy';

/** The identity that makes a request. */
export type AccessPrincipal =
  | { readonly type: 'root'; readonly accountId: string }
  | { readonly type: 'user'; readonly accountId: string; readonly arn: string }
  | {
      readonly type: 'session';
      readonly accountId: string;
      /** ARN of the session, `arn:aws:sts::123456789012:assumed-role/name/session`. */
      readonly arn: string;
      readonly roleArn: string;
    }
  | {
      readonly type: 'service';
      /** Service principal, e.g. `events.amazonaws.com`. */
      readonly name: string;
    };

/**
 * How a statement names the principal of a request, from which follows what else has to allow the request:
 * - `direct`: the user, the session, the service, or every principal. Nothing else is needed in the resource's account.
 * - `role`: the session's role, which its boundary still limits.
 * - `account`: the account, which leaves the decision to the identity's own policies.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export type PrincipalMatch = 'direct' | 'role' | 'account';

/** @returns How the principals of a statement name the principal of a request; undefined when they do not. */
export function matchPrincipal(named: PolicyPrincipals, principal: AccessPrincipal): PrincipalMatch | undefined {
  if (named.AWS.includes('*')) return 'direct';
  if (principal.type === 'service') return named.Service.includes(principal.name) ? 'direct' : undefined;
  if (principal.type !== 'root' && named.AWS.includes(principal.arn)) return 'direct';
  if (principal.type === 'session' && named.AWS.includes(principal.roleArn)) return 'role';
  const account = [principal.accountId, `arn:aws:iam::${principal.accountId}:root`];
  return named.AWS.some((name) => account.includes(name)) ? 'account' : undefined;
}

/** @returns The ARN of a principal, as messages name it; a service has its name. */
export function principalName(principal: AccessPrincipal): string {
  if (principal.type === 'service') return principal.name;
  return principal.type === 'root' ? `arn:aws:iam::${principal.accountId}:root` : principal.arn;
}

/**
 * Condition keys of a principal, which every request has.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function principalKeys(principal: AccessPrincipal): Readonly<Record<string, string>> {
  if (principal.type === 'service') {
    return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': principal.name };
  }
  const keys = { 'aws:PrincipalIsAWSService': 'false', 'aws:PrincipalAccount': principal.accountId };
  if (principal.type === 'session') {
    return { ...keys, 'aws:PrincipalArn': principal.roleArn, 'aws:PrincipalType': 'AssumedRole' };
  }
  const type = principal.type === 'root' ? 'Account' : 'User';
  return { ...keys, 'aws:PrincipalArn': principalName(principal), 'aws:PrincipalType': type };
}

/**
 * Whether NotPrincipal of a Deny exempts a principal: the account has to be listed together with the user, and for a
 * session the account, the role and the session.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function isExempt(named: PolicyPrincipals, principal: AccessPrincipal): boolean {
  if (named.AWS.includes('*')) return true;
  if (principal.type === 'service') return named.Service.includes(principal.name);
  const { accountId } = principal;
  const account = named.AWS.includes(accountId) || named.AWS.includes(`arn:aws:iam::${accountId}:root`);
  if (principal.type === 'root') return account;
  const role = principal.type !== 'session' || named.AWS.includes(principal.roleArn);
  return account && role && named.AWS.includes(principal.arn);
}
