import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import recorded from '../../docs/permissions.json';
import type { RolePermissions } from '../../rehearsal/observe/permission-use';
import { reasonFor, renderPermissions } from './permissions/page';
import { REASONS } from './permissions/reasons';

const PAGE = join(__dirname, '../../docs/permissions.md');
const ROLES: readonly RolePermissions[] = recorded;

test('what a rehearsal did not use has a reason', () => {
  const unexplained = ROLES.flatMap((role) =>
    role.granted
      .filter((grant) => !grant.used && !reasonFor(role, grant, REASONS))
      .map(({ action }) => `${role.logicalId}: ${action}`),
  );
  expect(unexplained).toEqual([]);
});

test('each reason explains a grant that was not used', () => {
  const needed = ROLES.flatMap((role) =>
    role.granted.flatMap((grant) => (grant.used ? [] : [reasonFor(role, grant, REASONS)])),
  );
  expect(REASONS.filter((reason) => !needed.includes(reason)).map(({ reason }) => reason)).toEqual([]);
});

test('docs/permissions.md says what docs/permissions.json and the reasons say', () => {
  const page = renderPermissions(ROLES, REASONS);
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);
  else expect(readFileSync(PAGE, 'utf8')).toBe(page);
});
