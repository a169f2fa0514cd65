import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateChangeSetCommand, ExecuteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { concludeRelease, type DeployContext, prepareRelease } from '../../../release/deploy/deploy';
import { NOTES, Notes } from '../../../release/deploy/working-files';
import { Ledger } from '../../../release/ledger/ledger';
import { makeLedger } from '../ledger/ledger-stack';
import { SmallAccount, target } from '../small-account';

let account: SmallAccount;
let directory: string;
let said: string[];
let warned: string[];

beforeEach(async () => {
  account = await SmallAccount.open();
  directory = mkdtempSync(join(tmpdir(), 'deploy-'));
  said = [];
  warned = [];
});
afterEach(async () => {
  await account.close();
  rmSync(directory, { recursive: true });
});

const works = { code: 'exports.handler = async () => "works"' };
const differs = { code: 'exports.handler = async () => "differs"' };
const shell = {
  STACK_NAME: target.stackName,
  STAGE: target.stage,
  DEPLOY_REGION: target.region,
  CODEBUILD_BUILD_ID: 'P-Deploy:1',
  RELEASE_EXECUTION: 'e-1',
  RELEASE_COMMIT: '8a3f',
  RELEASE_COMMITTED_AT: '2029-12-31T23:00:00Z',
};

function context(more: DeployContext['shell'] = {}): DeployContext {
  return {
    shell: { ...shell, ...more },
    clients: () => account.clients,
    notes: new Notes(join(directory, NOTES.directory)),
    files: { variables: join(directory, 'outcome.env'), report: join(directory, 'lifecycle.xml') },
    say: (line) => said.push(line),
    warn: (line) => warned.push(line),
    pause: () => sleep(2),
    looks: 1_000,
  };
}

async function prepared(props = works): Promise<boolean> {
  const service = await account.package(props);
  return prepareRelease(context({ PACKAGE_DIRECTORY: service.directory }));
}

const written = async () => (await new Ledger(account.clients.dynamoDb, target.stackName).last(2))[0];
const variables = () => readFileSync(join(directory, 'outcome.env'), 'utf8');

/** Leaves what sls leaves when it fails with a message. */
function slsSays(message: string): void {
  writeFileSync(join(directory, NOTES.directory, NOTES.log), `Deploying\n\nError:\n${message}\n`);
}

test('a release is written down before it is deployed, and its outcome when it is concluded, once', async () => {
  await makeLedger(account);
  await account.deploy(await account.package(works));
  expect(await prepared(differs)).toBe(true);
  expect(await written()).toEqual({
    build: 'P-Deploy:1',
    began: expect.stringMatching(/^2030-01-01T/),
    baseline: { stackName: 'shop-prod', eventId: expect.any(String) },
    execution: 'e-1',
    commit: '8a3f',
    committedAt: '2029-12-31T23:00:00Z',
  });
  await account.deploy(await account.package(differs));
  const outcome = await concludeRelease(context({ SLS_DEPLOY_STATUS: '0' }));
  expect(outcome).toMatchObject({ type: 'released', functions: [{ from: '1', to: '2' }] });
  expect((await written())?.conclusion?.outcome).toEqual(JSON.parse(JSON.stringify(outcome)));
  expect(warned).toEqual([]);

  await concludeRelease(context({ SLS_DEPLOY_STATUS: '1' }));
  expect((await written())?.conclusion?.outcome.type).toBe('released');
  expect(warned).toEqual(['! somebody else had concluded this release already; what was written down then stands']);
});

test('without a ledger the release goes on, and that nobody keeps its books is said', async () => {
  expect(await prepared()).toBe(true);
  await account.deploy(await account.package(works));
  expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '0' }))).toMatchObject({ type: 'first-release' });
  expect(warned).toEqual([
    expect.stringMatching(/^! the release could not be written down: ResourceNotFoundException: /),
    expect.stringMatching(/^! the outcome could not be written down: ResourceNotFoundException: /),
  ]);
});

describe('what prepare refuses', () => {
  test('because the stack is busy is a verdict at once, and in the ledger', async () => {
    await makeLedger(account);
    const held = account.hold('CREATE_IN_PROGRESS');
    const deploying = account.deploy(await account.package(works));
    const open = await held;
    const service = await account.package(works, 'other');
    expect(await prepareRelease(context({ PACKAGE_DIRECTORY: service.directory }))).toBe(false);
    expect(warned).toEqual([
      "✖ stack 'shop-prod' is busy (CREATE_IN_PROGRESS): somebody else changes it; wait until it has settled, then retry",
    ]);
    const outcome = await concludeRelease({ ...context({ SLS_DEPLOY_STATUS: 'refused' }), looks: 0 });
    const remedy = 'somebody else changes shop-prod: wait until it has settled, then retry';
    expect(outcome).toEqual({
      type: 'failed',
      phase: 'before-cloudformation',
      stackName: 'shop-prod',
      stackStatus: 'CREATE_IN_PROGRESS',
      reason: "stack 'shop-prod' is busy (CREATE_IN_PROGRESS): somebody else changes it",
      remedy,
      obstacles: [{ code: 'STACK_BUSY', subject: 'shop-prod', remedy }],
    });
    expect(variables()).toContain("export RELEASE_FAILED_PHASE='before-cloudformation'");
    expect(await written()).toMatchObject({ build: 'P-Deploy:1', conclusion: { outcome } });
    open();
    await deploying;
  });

  test('because the last rollback failed is told as that', async () => {
    await account.deploy(await account.package(works));
    account.region.cloudFormation.stack(target.stackName)!.enter('UPDATE_ROLLBACK_FAILED');
    expect(await prepared()).toBe(false);
    expect(await concludeRelease(context())).toMatchObject({
      type: 'failed',
      phase: 'before-cloudformation',
      reason: "stack 'shop-prod' is in UPDATE_ROLLBACK_FAILED",
      obstacles: [{ code: 'ROLLBACK_FAILED' }],
    });
  });

  test('because of its package, or for lack of one, has its own sentence and remedy', async () => {
    expect(await prepareRelease(context({ PACKAGE_DIRECTORY: join(directory, 'nowhere') }))).toBe(false);
    expect(await concludeRelease(context())).toMatchObject({
      type: 'failed',
      phase: 'before-cloudformation',
      stackStatus: 'DOES_NOT_EXIST',
      reason: expect.stringMatching(/^no package of the service at '.*': ENOENT/),
      remedy: "run 'npm run package'",
    });
  });

  test('for a reason that nobody could foresee is a verdict, too', async () => {
    const failing = {
      ...context({ PACKAGE_DIRECTORY: '.' }),
      clients: () => {
        throw new Error('no credentials');
      },
    };
    expect(await prepareRelease(failing)).toBe(false);
    const outcome = await concludeRelease(context());
    expect(outcome).toMatchObject({ type: 'failed', reason: 'release prepare failed: Error: no credentials' });
    expect(outcome).toMatchObject({ remedy: 'mend the cause and push again' });
  });

  test('is forgotten by the next attempt', async () => {
    await prepareRelease(context({ PACKAGE_DIRECTORY: join(directory, 'nowhere') }));
    expect(await prepared()).toBe(true);
    await account.deploy(await account.package(works));
    expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '0' }))).toMatchObject({ type: 'first-release' });
  });
});

describe('while somebody else updates the stack', () => {
  const ours = { StackName: target.stackName, ChangeSetName: 'shop-prod-change-set' };
  const plan = async () => {
    const Resources = (await account.package({ code: 'exports.handler = async () => "ours"' }, 'ours')).resources;
    return new CreateChangeSetCommand({
      ...ours,
      ChangeSetType: 'UPDATE',
      TemplateBody: JSON.stringify({ Resources }),
    });
  };
  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => '',
      (error: Error) => error.message,
    );

  test('a release that CloudFormation turns away is told of itself alone, whatever becomes of the other', async () => {
    await account.deploy(await account.package(works));
    expect(await prepared(works)).toBe(true);
    const held = account.hold('UPDATE_IN_PROGRESS');
    const deploying = account.deploy(await account.package({ ...differs, broken: true }));
    const open = await held;
    const said = await refusal(account.clients.cloudFormation.send(await plan()));
    expect(said).toMatch(/^Stack:arn:\S+ is in UPDATE_IN_PROGRESS state and can not be updated\.$/);
    slsSays(said);
    const verdict = {
      type: 'failed',
      phase: 'before-cloudformation',
      reason: expect.stringMatching(/^somebody else changes .* turned away: Stack:arn:/),
      obstacles: [{ code: 'STACK_BUSY' }],
    };
    const during = await concludeRelease({ ...context({ SLS_DEPLOY_STATUS: '1' }), looks: 0 });
    expect(during).toMatchObject({ ...verdict, stackStatus: 'UPDATE_IN_PROGRESS' });
    expect(during).not.toHaveProperty('functions');
    open();
    await deploying;
    const after = await concludeRelease(context({ SLS_DEPLOY_STATUS: '1' }));
    expect(after).toMatchObject({ ...verdict, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(after).not.toHaveProperty('functions');
  });

  test('a release whose change set was made before it is turned away as well', async () => {
    await account.deploy(await account.package(works));
    expect(await prepared(works)).toBe(true);
    await account.clients.cloudFormation.send(await plan());
    await account.deploy(await account.package(differs));
    const said = await refusal(account.clients.cloudFormation.send(new ExecuteChangeSetCommand(ours)));
    slsSays(said);
    expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '1' }))).toMatchObject({
      type: 'failed',
      phase: 'before-cloudformation',
      reason: `somebody else changes stack 'shop-prod', so sls was turned away: ${said}`,
      obstacles: [{ code: 'STACK_BUSY' }],
    });
  });
});

test('a release of which nothing was noted has no verdict but that', async () => {
  expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '0' }))).toMatchObject({
    type: 'failed',
    phase: 'unread',
    reason: expect.stringContaining('the release was not prepared'),
  });
});
