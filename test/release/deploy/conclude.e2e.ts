import { setTimeout as sleep } from 'node:timers/promises';
import { CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { takeBaseline } from '../../../release/collect/baseline';
import { conclude } from '../../../release/deploy/conclude';
import { SmallAccount, target } from '../small-account';

let account: SmallAccount;

beforeEach(async () => {
  account = await SmallAccount.open();
});
afterEach(() => account.close());

const works = { code: 'exports.handler = async () => "works"' };
const differs = { code: 'exports.handler = async () => "differs"' };
const pause = () => sleep(2);
const baseline = () => takeBaseline(account.clients, target.stackName);

test('a release is concluded when its rollback has ended, not when sls has', async () => {
  await account.deploy(await account.package(works));
  const before = await baseline();
  const held = account.hold('UPDATE_ROLLBACK_IN_PROGRESS');
  const deploying = account.deploy(await account.package({ ...differs, broken: true }));
  const open = await held;

  const waiting: string[] = [];
  let reads = 0;
  let concluded = false;
  const outcome = conclude(account.clients, before, {
    attempt: { deployed: false },
    maxReads: 1_000,
    onWaiting: (status) => waiting.push(status),
    pause: () => {
      reads += 1;
      return pause();
    },
  }).finally(() => {
    concluded = true;
  });
  while (reads < 10) await sleep(2);
  expect(concluded).toBe(false);
  expect(account.status).toBe('UPDATE_ROLLBACK_IN_PROGRESS');

  open();
  expect(await outcome).toMatchObject({ type: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(waiting).toEqual(['UPDATE_ROLLBACK_IN_PROGRESS']);
  await deploying;
});

test('a stack that does not settle is not read more often than allowed, and the release has failed', async () => {
  await account.deploy(await account.package(works));
  const before = await baseline();
  const held = account.hold('UPDATE_ROLLBACK_IN_PROGRESS');
  const deploying = account.deploy(await account.package({ ...differs, broken: true }));
  const open = await held;

  let reads = 0;
  const outcome = conclude(account.clients, before, {
    attempt: { deployed: true },
    maxReads: 3,
    pause: async () => {
      reads += 1;
    },
  });
  await expect(outcome).rejects.toMatchObject({
    code: 'STACK_UNSETTLED',
    message:
      "stack 'shop-prod' is still UPDATE_ROLLBACK_IN_PROGRESS, so the outcome is not known yet; check its events in the CloudFormation console",
  });
  expect(reads).toBe(3);
  open();
  await deploying;
});

test('a stack with nothing but a change set that was never executed is not waited for', async () => {
  await account.clients.cloudFormation.send(
    new CreateChangeSetCommand({
      StackName: target.stackName,
      ChangeSetName: 'shop-prod-change-set',
      ChangeSetType: 'CREATE',
      TemplateBody: JSON.stringify({ Resources: { Group: { Type: 'AWS::Logs::LogGroup' } } }),
    }),
  );
  const outcome = await conclude(
    account.clients,
    { stackName: target.stackName },
    { attempt: { deployed: false }, pause, maxReads: 2 },
  );
  expect(outcome).toMatchObject({ type: 'failed', phase: 'before-cloudformation', stackStatus: 'REVIEW_IN_PROGRESS' });
});

test('a release that created no stack failed before CloudFormation', async () => {
  const outcome = await conclude(account.clients, await baseline(), {
    attempt: { deployed: false },
    pause,
    maxReads: 1,
  });
  expect(outcome).toMatchObject({
    type: 'failed',
    phase: 'before-cloudformation',
    stackStatus: 'DOES_NOT_EXIST',
    reason: 'sls deploy failed before it changed the stack; its error message is above',
  });
});

test('a first release, a release by canary and one without a change are recognised from AWS alone', async () => {
  const concluded = async (props: { code: string; memorySize?: number }) => {
    const before = await baseline();
    await account.deploy(await account.package(props));
    return conclude(account.clients, before, { attempt: { deployed: true }, pause, maxReads: 1 });
  };
  expect(await concluded(works)).toMatchObject({
    type: 'first-release',
    stackName: 'shop-prod',
    stackStatus: 'CREATE_COMPLETE',
    aliases: [
      {
        logicalId: 'HelloLambdaFunctionAliasLive',
        physicalId: 'arn:aws:lambda:eu-central-1:111122223333:function:shop-prod-hello:Live',
      },
    ],
  });
  expect(await concluded(differs)).toMatchObject({
    type: 'released',
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_COMPLETE',
    functions: [
      {
        functionName: 'shop-prod-hello',
        alias: 'Live',
        from: '1',
        to: '2',
        deploymentType: 'Canary10Percent5Minutes',
        deploymentId: expect.stringMatching(/^d-[A-Z0-9]{9}$/),
        status: 'Succeeded',
        weightReached: 100,
        seconds: expect.closeTo(303.2, 0),
        lifecycleEvents: [
          { name: 'BeforeAllowTraffic', status: 'Succeeded' },
          { name: 'AllowTraffic', status: 'Succeeded' },
          { name: 'AfterAllowTraffic', status: 'Succeeded' },
        ],
      },
    ],
  });
  expect(await concluded(differs)).toMatchObject({
    type: 'unchanged',
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_COMPLETE',
    stackUpdated: false,
  });
});

test('a release whose traffic had shifted when another resource of the stack failed was rolled back', async () => {
  await account.deploy(await account.package(works));
  const before = await baseline();
  await account.deploy(await account.package({ ...differs, broken: true }));
  expect(await conclude(account.clients, before, { attempt: { deployed: false }, pause, maxReads: 1 })).toMatchObject({
    type: 'rolled-back',
    stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
    reason: expect.stringMatching(/^Broken: .*already exists/),
    functions: [{ from: '1', to: '2', status: 'Succeeded' }],
  });
  expect(await account.versions()).toMatchObject({ live: '1' });
});
