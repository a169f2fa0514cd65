import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateChangeSetCommand, ExecuteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { concludeRelease, type DeployContext, prepareRelease } from '../../../release/deploy/deploy';
import { WORKING_FILES, WorkingFiles } from '../../../release/deploy/working-files';
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
    s3: () => account.s3,
    workingFiles: new WorkingFiles(join(directory, WORKING_FILES.directory)),
    outcomeFiles: { variables: join(directory, 'outcome.env'), report: join(directory, 'lifecycle.xml') },
    say: (line) => said.push(line),
    warn: (line) => warned.push(line),
    pause: () => sleep(2),
    maxReads: 1_000,
  };
}

async function prepared(props = works): Promise<boolean> {
  const service = await account.package(props);
  return prepareRelease(context({ PACKAGE_DIRECTORY: service.directory }));
}

const written = async () => (await new Ledger(account.clients.dynamoDb, target.stackName).last(2))[0];
const variables = () => readFileSync(join(directory, 'outcome.env'), 'utf8');

/** Writes the log of an sls that fails with a message. */
function slsSays(message: string): void {
  writeFileSync(join(directory, WORKING_FILES.directory, WORKING_FILES.log), `Deploying\n\nError:\n${message}\n`);
}

test('a release is recorded before it is deployed, and its outcome once, when it is concluded', async () => {
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
  expect(warned).toEqual(['! an outcome of this release was already recorded, and that one is kept']);
});

test('without a ledger the release goes on, with a warning that it is not recorded', async () => {
  expect(await prepared()).toBe(true);
  await account.deploy(await account.package(works));
  expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '0' }))).toMatchObject({ type: 'first-release' });
  expect(warned).toEqual([
    expect.stringMatching(/^! the release could not be recorded: ResourceNotFoundException: /),
    expect.stringMatching(/^! the outcome could not be recorded: ResourceNotFoundException: /),
  ]);
});

describe('a release that prepare refuses', () => {
  test('because the stack is busy has an outcome at once, and in the ledger', async () => {
    await makeLedger(account);
    const held = account.hold('CREATE_IN_PROGRESS');
    const deploying = account.deploy(await account.package(works));
    const open = await held;
    const service = await account.package(works, 'other');
    expect(await prepareRelease(context({ PACKAGE_DIRECTORY: service.directory }))).toBe(false);
    expect(warned).toEqual([
      "✖ stack 'shop-prod' is busy (CREATE_IN_PROGRESS): another operation is changing it; wait until it has finished, then retry",
    ]);
    const outcome = await concludeRelease({ ...context({ SLS_DEPLOY_STATUS: 'refused' }), maxReads: 0 });
    const remedy = 'another operation is changing shop-prod: wait until it has finished, then retry';
    expect(outcome).toEqual({
      type: 'failed',
      phase: 'before-cloudformation',
      stackName: 'shop-prod',
      stackStatus: 'CREATE_IN_PROGRESS',
      reason: "stack 'shop-prod' is busy (CREATE_IN_PROGRESS): another operation is changing it",
      remedy,
      obstacles: [{ code: 'STACK_BUSY', subject: 'shop-prod', remedy }],
    });
    expect(variables()).toContain("export RELEASE_FAILED_PHASE='before-cloudformation'");
    expect(await written()).toMatchObject({ build: 'P-Deploy:1', conclusion: { outcome } });
    open();
    await deploying;
  });

  test('because the last rollback failed says so', async () => {
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

  test('because of its package has its own reason and remedy', async () => {
    expect(await prepareRelease(context({ PACKAGE_DIRECTORY: join(directory, 'nowhere') }))).toBe(false);
    expect(await concludeRelease(context())).toMatchObject({
      type: 'failed',
      phase: 'before-cloudformation',
      stackStatus: 'DOES_NOT_EXIST',
      reason: expect.stringMatching(/^no valid package of the service at '.*': ENOENT/),
      remedy: "run 'npm run package'",
    });
  });

  test('because of an unexpected error has an outcome, too', async () => {
    const failing = {
      ...context({ PACKAGE_DIRECTORY: '.' }),
      clients: () => {
        throw new Error('no credentials');
      },
    };
    expect(await prepareRelease(failing)).toBe(false);
    const outcome = await concludeRelease(context());
    expect(outcome).toMatchObject({ type: 'failed', reason: 'release prepare failed: Error: no credentials' });
    expect(outcome).toMatchObject({ remedy: 'fix the cause and push again' });
  });

  test('does not affect the next attempt', async () => {
    await prepareRelease(context({ PACKAGE_DIRECTORY: join(directory, 'nowhere') }));
    expect(await prepared()).toBe(true);
    await account.deploy(await account.package(works));
    expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '0' }))).toMatchObject({ type: 'first-release' });
  });
});

describe('while another operation updates the stack', () => {
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

  test('the outcome of a release that CloudFormation refuses is not affected by the other operation', async () => {
    await account.deploy(await account.package(works));
    expect(await prepared(works)).toBe(true);
    const held = account.hold('UPDATE_IN_PROGRESS');
    const deploying = account.deploy(await account.package({ ...differs, broken: true }));
    const open = await held;
    const message = await refusal(account.clients.cloudFormation.send(await plan()));
    expect(message).toMatch(/^Stack:arn:\S+ is in UPDATE_IN_PROGRESS state and can not be updated\.$/);
    slsSays(message);
    const expected = {
      type: 'failed',
      phase: 'before-cloudformation',
      reason: expect.stringMatching(
        /^CloudFormation refused the update because another operation is changing .*: Stack:arn:/,
      ),
      obstacles: [{ code: 'STACK_BUSY' }],
    };
    const during = await concludeRelease({ ...context({ SLS_DEPLOY_STATUS: '1' }), maxReads: 0 });
    expect(during).toMatchObject({ ...expected, stackStatus: 'UPDATE_IN_PROGRESS' });
    expect(during).not.toHaveProperty('functions');
    open();
    await deploying;
    const after = await concludeRelease(context({ SLS_DEPLOY_STATUS: '1' }));
    expect(after).toMatchObject({ ...expected, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(after).not.toHaveProperty('functions');
  });

  test('a release whose change set was created before the other operation is refused as well', async () => {
    await account.deploy(await account.package(works));
    expect(await prepared(works)).toBe(true);
    await account.clients.cloudFormation.send(await plan());
    await account.deploy(await account.package(differs));
    const message = await refusal(account.clients.cloudFormation.send(new ExecuteChangeSetCommand(ours)));
    slsSays(message);
    expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '1' }))).toMatchObject({
      type: 'failed',
      phase: 'before-cloudformation',
      reason: `CloudFormation refused the update because another operation is changing stack 'shop-prod': ${message}`,
      obstacles: [{ code: 'STACK_BUSY' }],
    });
  });
});

test('a release without a record has no outcome, and says so', async () => {
  expect(await concludeRelease(context({ SLS_DEPLOY_STATUS: '0' }))).toMatchObject({
    type: 'failed',
    phase: 'unread',
    reason: expect.stringContaining('the release was not prepared'),
  });
});
