import { AccessControl } from '../../embedded-aws/access/access-control';
import type { AccessNeed } from '../../embedded-aws/access/need';
import type { Identities, Role } from '../../embedded-aws/iam/identities';
import type { Caller } from '../../embedded-aws/scope';

/** ARN of AWS's managed policy that allows everything. */
export const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess';

const withoutRoles = new AccessControl({ iam: () => undefined });

/** Decides about callers of an endpoint for accounts that have users only: they are administrators. */
export function authorizeUsers(caller: Caller, need: AccessNeed): string | undefined {
  return withoutRoles.check(caller, need)?.message;
}

/**
 * Creates a role that may do everything.
 *
 * @param services Services that it trusts, e.g. `lambda.amazonaws.com`.
 */
export function administratorRole(iam: Identities, name: string, ...services: readonly string[]): Role {
  return iam.createRole({
    name,
    trustPolicy: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: services } } },
    managedPolicies: [ADMINISTRATOR_ACCESS],
  });
}
