import { covers, type Grant, rightsOf } from '../template/policy';
import { type CanaryUpdate, canaryUpdates } from './canary-updates';
import { listed } from './phrases';
import type { PreflightRule, RuleProblem } from './rule';

/** A role has no versions: a permission that is removed from it is removed from the live version too, at once. */
export const permissionRemoved = {
  id: 'permission-removed',
  find: (subject) =>
    canaryUpdates(subject).flatMap((update): readonly RuleProblem[] => {
      const lost = lostRights(subject.template, update);
      if (!lost || lost.rights.length === 0) return [];
      const { key } = update.canary;
      return [
        {
          severity: 'error',
          where: { path: `Resources.${lost.roleId}.Properties`, function: key },
          why: `The release removes from the role of ${key}: ${listed(lost.rights)}. CloudFormation changes the role before the shift begins, so the live version, which still serves most of the traffic, loses the permission at once.`,
          fix: `keep the permission in provider.iam.role.statements for this release, and remove it in a later one that does not change functions.${key}`,
        },
      ];
    }),
} as const satisfies PreflightRule;

function lostRights(
  template: Parameters<typeof rightsOf>[0],
  { canary, live, deployed }: CanaryUpdate,
): { readonly roleId: string; readonly rights: readonly string[] } | undefined {
  const before = rightsOf(deployed, live.function.Properties.Role);
  const now = rightsOf(template, canary.function.Properties.Role);
  // A change of the role itself is found by the rule role-changed.
  if (!before || !now || before.roleId !== now.roleId) return undefined;
  const allowed = now.grants.filter(({ effect }) => effect === 'Allow');
  const gone = before.grants.filter(
    (grant) => grant.effect === 'Allow' && !allowed.some((wider) => covers(wider, grant)),
  );
  const denied = now.grants.filter(
    (grant) => grant.effect === 'Deny' && !before.grants.some((old) => old.effect === 'Deny' && covers(old, grant)),
  );
  const shown = ({ action, resource }: Grant) => `${action} on ${resource}`;
  const rights = [
    ...gone.map(shown),
    ...denied.map((grant) => `${shown(grant)} (now denied)`),
    ...before.unread.filter((policy) => !now.unread.includes(policy)).map((policy) => `the policy ${policy}`),
  ];
  return { roleId: now.roleId, rights: [...new Set(rights)] };
}
