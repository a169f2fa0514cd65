import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '../../embedded-aws/cloudformation/stack';
import { harmful, harmless } from '../../rehearsal/commits';
import { RehearsedWorld } from '../../rehearsal/install/rehearsed-world';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { differences } from '../../rehearsal/report/expectation';
import { Scratch } from '../../rehearsal/scratch/scratch';
import { commitFixture } from '../support/commit-fixture';
import { copyRepository } from '../support/copy-repository';
import { failedActions } from './failed-actions';
import { deployLastVersion, LAST_VERSION } from './last-version';

const REPOSITORY = join(__dirname, '../..');
const HELLO = 'canary-service-prod-hello';

let scratch: Scratch;
let world: RehearsedWorld;
let rehearsal: Rehearsal;
const notices: string[] = [];

beforeAll(async () => {
  scratch = await Scratch.open();
  world = await RehearsedWorld.open({ seed: 1, scratch, onNotice: (text) => notices.push(text) });
  await deployLastVersion(world);
});
afterAll(async () => {
  await rehearsal?.close();
  await world?.close();
  await scratch?.close();
});

/** @returns A user's repository after docs/upgrade.md: this version, and the name of the deployed pipeline. */
async function upgraded(): Promise<string> {
  const path = await scratch.directory('fixture');
  await copyRepository(REPOSITORY, path);
  const file = join(path, 'cdk.json');
  const cdk = JSON.parse(await readFile(file, 'utf8'));
  const kept = { name: LAST_VERSION.pipelineStack, environments: [{ name: 'prod' }] };
  cdk.context.pipeline = { ...cdk.context.pipeline, ...kept };
  await writeFile(file, JSON.stringify(cdk));
  await commitFixture(scratch, path, REPOSITORY);
  return path;
}

function stack(name: string): Stack {
  return world.aws.region({ accountId: '111122223333', region: 'us-east-1' }).cloudFormation.stack(name)!;
}

/** @returns The physical ids of a stack's resources, by logical id. */
function ids(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...stack(name).resources].map(([logicalId, { physical }]) => [logicalId, physical.id]));
}

/** @returns The permissions boundary of each role of the service's stack, by logical id. */
function boundaries(): Readonly<Record<string, string | undefined>> {
  const roles = [...stack(LAST_VERSION.serviceStack).resources].filter(
    ([, { type }]) => type.type === 'AWS::IAM::Role',
  );
  return Object.fromEntries(
    roles.map(([logicalId, { physical }]) => [
      logicalId,
      world.aws.account('111122223333').findRole(physical.id)?.permissionsBoundary,
    ]),
  );
}

test('the pipeline of the last version is updated in place when the configuration has its name', async () => {
  const before = ids(LAST_VERSION.pipelineStack);
  // Another seed than that of the recorded release, so that no build has its id.
  const props = { repository: await upgraded(), seed: 2, quick: true, scratch };
  rehearsal = await Rehearsal.join({ ...props, onEvent: () => {} }, world);
  expect(stack(LAST_VERSION.pipelineStack).status).toBe('UPDATE_COMPLETE');
  const after = ids(LAST_VERSION.pipelineStack);
  const changed = Object.keys(before).filter((id) => after[id] !== before[id]);
  expect(changed).toEqual([]);
});

test('the first release, which gives the roles their boundary, can be rolled back by its canary', async () => {
  expect(Object.values(boundaries())).toEqual([undefined, undefined, undefined, undefined]);
  const release = await rehearsal.releaseChange(harmful);
  expect(failedActions(release).map((text) => text.slice(0, 'prod/'.length))).toEqual(['prod/', 'prod/']);
  expect(differences([['harmful', release]])).toEqual([]);
  expect(release.environments).toMatchObject([
    {
      outcome: {
        type: 'rolled-back',
        stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
        functions: [{ functionName: HELLO, from: '1', cause: { type: 'alarm' } }],
      },
      serving: [{ functionName: HELLO, version: '1', weights: {} }],
    },
  ]);
  const boundary = 'arn:aws:iam::111122223333:policy/release/canary-service-prod-boundary';
  expect(boundaries()).toEqual({
    IamRoleLambdaExecution: boundary,
    CodeDeployRole: boundary,
    PreTrafficLambdaFunctionRole: boundary,
    PostTrafficLambdaFunctionRole: boundary,
  });
});

test('the next release goes through', async () => {
  const release = await rehearsal.releaseChange(harmless);
  expect(failedActions(release)).toEqual([]);
  expect(differences([['harmless', release]])).toEqual([]);
  expect(release.environments).toMatchObject([
    { outcome: { type: 'released', stackStatus: 'UPDATE_COMPLETE' }, serving: [{ functionName: HELLO, weights: {} }] },
  ]);
  expect(notices.filter((text) => text.startsWith('denied: '))).toEqual([]);
});
