import { covers, type Grant, rightsOf } from '../template/policy';
import { type Update, updatesOf } from './live';
import type { Problem, Rule } from './rule';
import { listed } from './words';

/** A role's policies have no versions: what is taken from the role is taken from the live version, too, at once. */
export const permissionRemoved = {
  id: 'permission-removed',
  find: (subject) =>
    updatesOf(subject).flatMap((update): readonly Problem[] => {
      const lost = lostRights(subject.template, update);
      if (!lost || lost.rights.length === 0) return [];
      const { key } = update.canary;
      return [
        {
          severity: 'error',
          where: { path: `Resources.${lost.roleId}.Properties`, function: key },
          why: `The release takes from the role of ${key}: ${listed(lost.rights)}. CloudFormation changes a role before the shift begins, and the live version, which still serves the most of the traffic, loses the right at once.`,
          fix: `leave the permission in provider.iam.role.statements for this release, and remove it in one that changes nothing of functions.${key}`,
        },
      ];
    }),
} as const satisfies Rule;

function lostRights(
  template: Parameters<typeof rightsOf>[0],
  { canary, live, deployed }: Update,
): { readonly roleId: string; readonly rights: readonly string[] } | undefined {
  const before = rightsOf(deployed, live.function.Properties.Role);
  const now = rightsOf(template, canary.function.Properties.Role);
  // Another role is another rule's finding.
  if (!before || !now || before.roleId !== now.roleId) return undefined;
  const allowed = now.grants.filter(({ effect }) => effect === 'Allow');
  const gone = before.grants.filter(
    (grant) => grant.effect === 'Allow' && !allowed.some((wider) => covers(wider, grant)),
  );
  const denied = now.grants.filter(
    (grant) => grant.effect === 'Deny' && !before.grants.some((old) => old.effect === 'Deny' && covers(old, grant)),
  );
  const said = ({ action, resource }: Grant) => `${action} on ${resource}`;
  const rights = [
    ...gone.map(said),
    ...denied.map((grant) => `${said(grant)} (now denied)`),
    ...before.unread.filter((policy) => !now.unread.includes(policy)).map((policy) => `the policy ${policy}`),
  ];
  return { roleId: now.roleId, rights: [...new Set(rights)] };
}
