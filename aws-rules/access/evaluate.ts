import { matchesResource, matchesWildcard } from '../wildcard';
import { meetsCondition } from './condition';
import type { ConditionContext } from './operators';
import type { PolicyDocument, PolicyStatement } from './policy';
import { type AccessPrincipal, isExempt, matchPrincipal, type PrincipalMatch, principalKeys } from './principal';
import { resolveVariables } from './variables';

/** A request that IAM allows or denies. */
export interface AccessRequest {
  readonly principal: AccessPrincipal;
  /** Action of IAM, e.g. `lambda:UpdateAlias`. */
  readonly action: string;
  /** ARN, or `*` for actions that take no resource. */
  readonly resource: string;
  /** Values by condition key, in any case; those of the principal are added. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** A policy with the name under which a decision mentions it. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

export interface AccessQuery {
  readonly request: AccessRequest;
  /** Policies of the user or role; of no effect for the root user and for services, which have none. */
  readonly identityPolicies: readonly NamedPolicy[];
  /**
   * Permissions boundary of the user or role.
   *
   * @default - Its policies are not limited.
   */
  readonly boundary?: NamedPolicy | undefined;
  /**
   * Policy of the resource.
   *
   * @default - Only identities of the resource's account can be allowed.
   */
  readonly resourcePolicy?: NamedPolicy | undefined;
  /**
   * Trust policy of the role that is assumed, instead of a resource policy. A role can be assumed only by whom its trust
   * policy allows, also within its account.
   *
   * @default - The action is not to assume a role.
   */
  readonly trustPolicy?: NamedPolicy | undefined;
  /** @default - The principal's account. */
  readonly resourceAccount?: string | undefined;
}

/** A kind of policy that takes part in a decision. */
export type PolicyKind = 'identity' | 'boundary' | 'resource' | 'trust';

/** A statement that allowed a request. */
export interface MatchedStatement {
  readonly where: PolicyKind;
  readonly policy: string;
  /** Position in its policy, from 0. */
  readonly index: number;
  readonly sid?: string;
}

export type AccessDecision =
  | { readonly allowed: true; readonly by: readonly MatchedStatement[] }
  | {
      readonly allowed: false;
      /** Whether a statement denies the request, instead of none allowing it. */
      readonly explicit: boolean;
      readonly where: PolicyKind;
      /** The end of AWS's message, e.g. `because no identity-based policy allows the s3:GetObject action`. */
      readonly reason: string;
    };

/**
 * Decides about a request by IAM's evaluation logic: an explicit deny in any policy, then what allows.
 *
 * Within an account, the resource's policy or the identity's policies have to allow the request; the identity's are
 * limited by its boundary. What a resource policy grants to a role is limited by the boundary too; what it grants to a
 * user, a session or every principal is not, and what it grants to an account is left to the identity's policies. Across
 * accounts both sides have to allow it. A trust policy always has to.
 *
 * @throws Error for what is not supported, see {@link meetsCondition} and {@link resolveVariables}.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluateAccess(query: AccessQuery): AccessDecision {
  const { request, identityPolicies, boundary, resourcePolicy, trustPolicy } = query;
  const { principal } = request;
  const context = contextOf(request);
  const hasIdentity = principal.type === 'user' || principal.type === 'session';
  const matching = (policies: readonly (NamedPolicy | undefined)[], where: PolicyKind) =>
    policies.flatMap((policy) => (policy ? matchesOf(policy, where, request, context, boundary !== undefined) : []));
  const identity = hasIdentity ? matching(identityPolicies, 'identity') : [];
  const limit = hasIdentity ? matching([boundary], 'boundary') : [];
  const resource = trustPolicy ? matching([trustPolicy], 'trust') : matching([resourcePolicy], 'resource');

  const denied = [...identity, ...limit, ...resource].find(({ effect }) => effect === 'Deny');
  if (denied) return deny(request, denied.where, true);

  const within = principal.type === 'service' || [undefined, principal.accountId].includes(query.resourceAccount);
  const resourceSide: PolicyKind = trustPolicy ? 'trust' : 'resource';
  const named = (match: PrincipalMatch) => resource.filter((one) => one.named === match);
  const [direct, role, account] = [named('direct'), named('role'), named('account')];
  // An implicit deny of the resource's side.
  if ((trustPolicy || !within || principal.type === 'service') && resource.length === 0) {
    return deny(request, resourceSide, false);
  }
  if (principal.type === 'service') return allow(direct);
  if (principal.type === 'root') return allow(resource);
  if (within && direct.length > 0) return allow(direct);
  const isLimited = boundary !== undefined && limit.length === 0;
  if (within && role.length > 0) return isLimited ? deny(request, 'boundary', false) : allow([...role, ...limit]);
  if (identity.length === 0) return deny(request, 'identity', false);
  if (isLimited) return deny(request, 'boundary', false);
  const needed = trustPolicy || !within ? [...direct, ...role, ...account] : [];
  return allow([...identity, ...limit, ...needed]);
}

interface Match extends MatchedStatement {
  readonly effect: PolicyStatement['effect'];
  readonly named: PrincipalMatch;
}

function matchesOf(
  { name, document }: NamedPolicy,
  where: PolicyKind,
  request: AccessRequest,
  context: ConditionContext,
  hasBoundary: boolean,
): readonly Match[] {
  const variables = document.version === '2012-10-17';
  return document.statements.flatMap((statement, index) => {
    const named = namedBy(statement, where, request.principal, hasBoundary);
    const applies =
      named !== undefined &&
      concernsAction(statement, request.action) &&
      concernsResource(statement, request.resource, context, variables) &&
      statement.conditions.every((condition) => meetsCondition(condition, context, variables));
    if (!applies) return [];
    const sid = statement.sid === undefined ? {} : { sid: statement.sid };
    return [{ where, policy: name, index, ...sid, effect: statement.effect, named }];
  });
}

/**
 * A policy of an identity names no principals: it is about the identity. A principal with a boundary is denied by NotPrincipal,
 * whichever principals are listed.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
function namedBy(
  statement: PolicyStatement,
  where: PolicyKind,
  principal: AccessPrincipal,
  hasBoundary: boolean,
): PrincipalMatch | undefined {
  const { principals, notPrincipals } = statement;
  if (where === 'identity' || where === 'boundary') return 'direct';
  if (principals) return matchPrincipal(principals, principal);
  return notPrincipals && (hasBoundary || !isExempt(notPrincipals, principal)) ? 'direct' : undefined;
}

function concernsAction({ actions, notActions }: PolicyStatement, action: string): boolean {
  // Actions are not case-sensitive (IAM user guide, "Action").
  const lower = action.toLowerCase();
  const matches = (pattern: string) => matchesWildcard(pattern.toLowerCase(), lower);
  return actions ? actions.some(matches) : !notActions!.some(matches);
}

function concernsResource(
  { resources, notResources }: PolicyStatement,
  resource: string,
  context: ConditionContext,
  variables: boolean,
): boolean {
  const matches = (pattern: string) => {
    const resolved = variables ? resolveVariables(pattern, context) : pattern;
    return resolved !== undefined && matchesResource(resolved, resource);
  };
  if (resources) return resources.some(matches);
  return notResources ? !notResources.some(matches) : true;
}

function contextOf({ principal, context }: AccessRequest): ConditionContext {
  const entries = Object.entries({ ...principalKeys(principal), ...context });
  return new Map(entries.map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : [...value]]));
}

function allow(matches: readonly Match[]): AccessDecision {
  return { allowed: true, by: matches.map(({ effect: _effect, named: _named, ...statement }) => statement) };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const KINDS: Readonly<Record<PolicyKind, { readonly none: string; readonly explicit: string }>> = {
  identity: { none: 'no identity-based policy', explicit: 'an identity-based policy' },
  boundary: { none: 'no permissions boundary', explicit: 'a permissions boundary' },
  resource: { none: 'no resource-based policy', explicit: 'a resource-based policy' },
  trust: { none: 'no role trust policy', explicit: 'the role trust policy' },
};

function deny({ action }: AccessRequest, where: PolicyKind, explicit: boolean): AccessDecision {
  const { none, explicit: some } = KINDS[where];
  const reason = explicit ? `with an explicit deny in ${some}` : `because ${none} allows the ${action} action`;
  return { allowed: false, explicit, where, reason };
}
