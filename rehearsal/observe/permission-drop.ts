import { evaluateAccess } from '../../aws-rules/access/evaluate';
import type { PolicyDocument } from '../../aws-rules/access/policy';
import { matchesWildcard } from '../../aws-rules/wildcard';
import type { DecidedAccess } from '../../embedded-aws/access/access-record';

/**
 * Drops each granted action that allowed a recorded call, one after the other, and decides the calls of its role again.
 *
 * @returns The denied calls' actions by role and dropped action; empty where no call is denied.
 */
export function dropEachGrant(decided: readonly DecidedAccess[]): ReadonlyMap<string, readonly string[]> {
  const denied = new Map<string, readonly string[]>();
  for (const [roleArn, calls] of callsByRole(decided)) {
    for (const action of grantsUsedBy(calls)) {
      const without = calls.filter(({ query }) => !isAllowedWithout(query, action));
      denied.set(`${roleArn} ${action}`, [...new Set(without.map(({ query }) => query.request.action))]);
    }
  }
  return denied;
}

function callsByRole(decided: readonly DecidedAccess[]): ReadonlyMap<string, readonly DecidedAccess[]> {
  const calls = new Map<string, DecidedAccess[]>();
  for (const one of decided) {
    const { principal } = one.query.request;
    if (principal.type !== 'session' || !one.decision.allowed) continue;
    calls.set(principal.roleArn, [...(calls.get(principal.roleArn) ?? []), one]);
  }
  return calls;
}

/** @returns The actions, as their policies write them, of the statements that allowed a call and match it. */
function grantsUsedBy(calls: readonly DecidedAccess[]): ReadonlySet<string> {
  return new Set(
    calls.flatMap(({ query, decision }) => {
      if (!decision.allowed) return [];
      return decision.by.flatMap(({ where, policy, index }) => {
        if (where !== 'identity') return [];
        const { document } = query.identityPolicies.find(({ name }) => name === policy)!;
        const { actions = [] } = document.statements[index]!;
        return actions.filter((pattern) => matchesWildcard(pattern.toLowerCase(), query.request.action.toLowerCase()));
      });
    }),
  );
}

function isAllowedWithout(query: DecidedAccess['query'], action: string): boolean {
  const identityPolicies = query.identityPolicies.map(({ name, document }) => ({
    name,
    document: withoutAction(document, action),
  }));
  return evaluateAccess({ ...query, identityPolicies }).allowed;
}

function withoutAction({ version, statements }: PolicyDocument, dropped: string): PolicyDocument {
  return {
    version,
    statements: statements.map((statement) =>
      statement.effect === 'Deny' || !statement.actions
        ? statement
        : { ...statement, actions: statement.actions.filter((action) => action !== dropped) },
    ),
  };
}
