import type { GrantedAction, RolePermissions } from '../../../rehearsal/observe/permission-use';

/** Why a role is granted what a rehearsal does not use. */
export interface GrantReason {
  /** Logical ids of the roles. */
  readonly roles: RegExp;
  /** Actions, as the policies write them. */
  readonly actions: RegExp;
  readonly reason: string;
}

/** @returns The reason for a grant that was not used; undefined when there is none. */
export function reasonFor(
  role: RolePermissions,
  { action }: GrantedAction,
  reasons: readonly GrantReason[],
): GrantReason | undefined {
  return reasons.find(({ roles, actions }) => roles.test(role.logicalId) && actions.test(action));
}

/** @returns The page `docs/permissions.md`. */
export function renderPermissions(roles: readonly RolePermissions[], reasons: readonly GrantReason[]): string {
  const stacks = [...new Set(roles.map(({ stack }) => stack))];
  const all = roles.flatMap(({ granted }) => granted);
  const used = all.filter((grant) => grant.used).length;
  return `# Permissions

What each role is granted, what a rehearsal used of it, and why the rest is there. Written by
\`UPDATE_DOCS=1 TEST_SUITE=rehearsal npx jest test/rehearsal/permissions.test\` from [permissions.json](permissions.json), which
\`UPDATE_DOCS=1 TEST_SUITE=e2e npx jest test/rehearsal/permissions\` records in a whole rehearsal of the sample: a first release,
a harmless change and a harmful one. The endpoint decided about each call by these policies; the same test drops each used
grant in turn and holds that a recorded call is denied without it.

Names are those of the sample in an account 111122223333. Environments have equal roles; those of the last one are shown, and
what any of them used counts.

**${used}** of ${all.length} granted actions were used.
${stacks.map((stack) => renderStack(stack, roles, reasons)).join('')}`;
}

function renderStack(stack: string, roles: readonly RolePermissions[], reasons: readonly GrantReason[]): string {
  const own = roles.filter((role) => role.stack === stack);
  return `\n## Stack \`${stack}\`\n${own.map((role) => renderRole(role, reasons)).join('')}`;
}

function renderRole(role: RolePermissions, reasons: readonly GrantReason[]): string {
  const rows = new Map<string, { actions: string[]; on: string; why: string }>();
  for (const grant of role.granted) {
    const why = grant.used ? 'used' : (reasonFor(role, grant, reasons)?.reason ?? 'UNEXPLAINED');
    const on = [
      ...grant.resources.map((resource) => `\`${resource}\``),
      ...grant.conditions.map((condition) => `if \`${condition}\``),
    ].join('<br>');
    const row = rows.get(`${on} ${why}`) ?? { actions: [], on, why };
    row.actions.push(`\`${grant.action}\``);
    rows.set(`${on} ${why}`, row);
  }
  const lines = [...rows.values()].map(({ actions, on, why }) => `| ${actions.join(' ')} | ${on} | ${why} |`);
  const table =
    lines.length > 0 ? `| actions | on | |\n|---|---|---|\n${lines.join('\n')}\n` : 'No permission of its own.\n';
  return `\n### \`${role.role}\` (${role.logicalId})\n${table}`;
}
