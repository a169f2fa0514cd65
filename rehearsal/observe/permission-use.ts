import type { MatchedStatement } from '../../aws-rules/access/evaluate';
import type { PolicyStatement } from '../../aws-rules/access/policy';
import { matchesWildcard } from '../../aws-rules/wildcard';
import type { DecidedAccess } from '../../embedded-aws/access/access-record';
import { readRolePolicies } from '../../embedded-aws/access/role-policies';
import type { World } from '../../embedded-aws/world';

/** What one policy of a role grants by one of its actions. */
export interface GrantedAction {
  /** Action, or a pattern of actions. */
  readonly action: string;
  readonly resources: readonly string[];
  /** Conditions, each as one text. */
  readonly conditions: readonly string[];
  /** Whether a call was allowed by it. */
  readonly used: boolean;
}

/** A role of a stack, with what it is granted. */
export interface RolePermissions {
  readonly stack: string;
  readonly logicalId: string;
  readonly role: string;
  readonly granted: readonly GrantedAction[];
}

/**
 * Reads what the roles of all stacks are granted, and what of it was used.
 *
 * @param environments Names of the environments' stacks. Stacks of different environments have the same roles: those of
 * the last environment are returned, and a grant counts as used when it was used in any of them.
 * @returns Roles in the order of stacks and of their templates.
 */
export function readPermissionUse(world: World, environments: readonly string[]): readonly RolePermissions[] {
  const all = readRoles(world);
  const last = environments.at(-1)!;
  const isOf = (environment: string, stack: string) => stack === environment || stack.startsWith(`${environment}-`);
  const others = environments.slice(0, -1);
  const twins = (role: RolePermissions) =>
    all.filter(
      ({ stack, logicalId, granted }) =>
        logicalId === role.logicalId &&
        granted.length === role.granted.length &&
        others.some((other) => isOf(other, stack) && stack.slice(other.length) === role.stack.slice(last.length)),
    );
  return all
    .filter(({ stack }) => !others.some((other) => isOf(other, stack)))
    .map((role) => {
      const same = isOf(last, role.stack) ? twins(role) : [];
      const granted = role.granted.map((grant, index) => ({
        ...grant,
        used: grant.used || same.some((twin) => twin.granted[index]!.used),
      }));
      return { ...role, granted };
    });
}

function readRoles(world: World): readonly RolePermissions[] {
  const used = usedActions(world.access.record.decided);
  return world.regions().flatMap((region) =>
    region.cloudFormation.stacks.flatMap((stack) =>
      [...stack.resources].flatMap(([logicalId, { type, physical }]): RolePermissions[] => {
        if (type.type !== 'AWS::IAM::Role') return [];
        const iam = world.account(stack.scope.accountId);
        const role = iam.findRole(physical.id);
        if (!role) return [];
        const statements = readRolePolicies(role, iam).identityPolicies.flatMap(({ document }) => document.statements);
        const granted = statements.flatMap((statement) => grantedBy(statement, used.get(role.arn) ?? new Set()));
        return [{ stack: stack.name, logicalId, role: withoutGeneratedParts(role.name), granted: merged(granted) }];
      }),
    ),
  );
}

function grantedBy(statement: PolicyStatement, used: ReadonlySet<string>): readonly GrantedAction[] {
  if (statement.effect === 'Deny') return [];
  const { actions = [], notActions = [], resources = [], notResources = [] } = statement;
  const conditions = statement.conditions.map(
    ({ set, operator, ifExists, key, values }) =>
      `${set ? `${set}:` : ''}${operator}${ifExists ? 'IfExists' : ''} ${key} ${values.join(', ')}`,
  );
  const on = [...resources, ...notResources.map((resource) => `not ${resource}`)].map(withoutGeneratedParts);
  return [...actions, ...notActions.map((action) => `not ${action}`)].map((action) => ({
    action,
    resources: on,
    conditions,
    used: used.has(grantKey(action, on, conditions)),
  }));
}

/** The random ends of generated names would change with every change of a template. */
function withoutGeneratedParts(name: string): string {
  return name
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/-(?!\d{12})([A-Z0-9]{12}|(?=[a-z]*\d)[a-z0-9]{12})(?=$|[/:*-])/g, '-<id>');
}

/** One action that several statements grant on the same resources, as policies of several packages do, is one grant. */
function merged(granted: readonly GrantedAction[]): readonly GrantedAction[] {
  const byKey = new Map(granted.map((grant) => [grantKey(grant.action, grant.resources, grant.conditions), grant]));
  return [...byKey.values()].sort((a, b) => (a.action < b.action ? -1 : 1));
}

function grantKey(action: string, resources: readonly string[], conditions: readonly string[]): string {
  return JSON.stringify([action, resources, conditions]);
}

/** Keys of the grants that allowed a call, by the ARN of the role. */
function usedActions(decided: readonly DecidedAccess[]): ReadonlyMap<string, ReadonlySet<string>> {
  const used = new Map<string, Set<string>>();
  for (const { query, decision } of decided) {
    const { principal, action } = query.request;
    if (!decision.allowed || principal.type !== 'session') continue;
    for (const matched of decision.by) {
      const statement = statementOf(query.identityPolicies, matched);
      if (!statement) continue;
      const keys = used.get(principal.roleArn) ?? new Set();
      used.set(principal.roleArn, keys);
      for (const grant of grantedBy(statement, new Set())) {
        if (matchesWildcard(grant.action.toLowerCase(), action.toLowerCase())) {
          keys.add(grantKey(grant.action, grant.resources, grant.conditions));
        }
      }
    }
  }
  return used;
}

function statementOf(
  policies: DecidedAccess['query']['identityPolicies'],
  { where, policy, index }: MatchedStatement,
): PolicyStatement | undefined {
  if (where !== 'identity') return undefined;
  return policies.find(({ name }) => name === policy)?.document.statements[index];
}
