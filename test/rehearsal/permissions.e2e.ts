import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import recorded from '../../docs/permissions.json';
import { harmful, harmless } from '../../rehearsal/commits';
import { dropEachGrant } from '../../rehearsal/observe/permission-drop';
import { type RolePermissions, readPermissionUse } from '../../rehearsal/observe/permission-use';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { Scratch } from '../../rehearsal/scratch/scratch';

const REPOSITORY = join(__dirname, '../..');

let use: readonly RolePermissions[];
let dropped: ReadonlyMap<string, readonly string[]>;
let denied: readonly string[];

beforeAll(async () => {
  const scratch = await Scratch.open({ grace: 100 });
  try {
    const rehearsal = await Rehearsal.open({
      repository: REPOSITORY,
      seed: 1,
      quick: true,
      scratch,
      onEvent: () => {},
    });
    try {
      await rehearsal.release();
      for (const change of [harmless, harmful]) await rehearsal.releaseChange(change);
      const { decided } = rehearsal.world.access.record;
      const environments = rehearsal.environments.map(({ stackName }) => stackName);
      use = readPermissionUse(rehearsal.world, environments);
      dropped = dropEachGrant(decided);
      denied = decided.flatMap(({ query: { request }, decision }) =>
        decision.allowed ? [] : [`${JSON.stringify(request.principal)} ${request.action} ${request.resource}`],
      );
    } finally {
      await rehearsal.close();
    }
  } finally {
    await scratch.close();
  }
  // Three pushes through two environments, next to other tests.
}, 1_800_000);

test('nothing that a whole rehearsal does is denied', () => {
  expect(denied).toEqual([]);
});

test('docs/permissions.json has what the roles are granted and what a whole rehearsal uses', () => {
  if (process.env.UPDATE_DOCS) {
    writeFileSync(join(REPOSITORY, 'docs/permissions.json'), `${JSON.stringify(use, undefined, 2)}\n`);
  } else expect(use).toEqual(recorded);
});

test('without any one of the granted actions that were used, a recorded call is denied', () => {
  const withoutEffect = [...dropped].filter(([, actions]) => actions.length === 0).map(([grant]) => grant);
  expect(dropped.size).toBeGreaterThan(50);
  expect(withoutEffect).toEqual([]);
});
