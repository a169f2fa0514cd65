import { CreateDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { functionsOf } from '../../../release/outcome/outcome';
import { deployGuarded, fail, holdWhen, refusing } from '../guarded-shop';
import { target } from '../small-account';
import { idOf, NotifiedShop, withId } from './notified-shop';

let shop: NotifiedShop;

beforeAll(async () => {
  shop = await NotifiedShop.open();
  await deployGuarded(shop.account, { commit: 'a' });
});
afterAll(() => shop.close());

test('a successful release is announced once, although its event comes twice', async () => {
  const record = await shop.begin('well');
  await deployGuarded(shop.account, { commit: 'b' });
  await shop.conclude(record);
  const event = shop.deployed(record, 'SUCCEEDED');
  const before = shop.sent.length;
  expect(await Promise.all([shop.handle(event), shop.handle(event)])).toContainEqual(
    expect.stringMatching(/^already claimed: released/),
  );
  expect(shop.sent.slice(before)).toEqual([
    {
      subject: 'released: new versions of 2 functions of shop-prod serve 100 % after 5 min 3 s',
      message: expect.stringMatching(/\n\ncommit {5}commit-of-well\nexecution {2}well$/),
      environment: 'prod',
      outcome: 'released',
    },
  ]);
});

test('an alarm is announced at once, and not again when its event comes twice or the stage fails after it', async () => {
  const record = await shop.begin('alarm');
  const before = shop.sent.length;
  const stops = shop.stops.length;
  const releasing = Promise.all([deployGuarded(shop.account, { commit: 'c' }), fail(shop.account, 'c')]);
  const open = await holdWhen(shop.account, () => shop.stops.length > stops);
  const [stop] = shop.stops.slice(stops);
  expect(shop.account.status).toBe('UPDATE_IN_PROGRESS');
  expect(await shop.handle(stop)).toMatch(/^sent: rolling back: shop-prod-hello v3 stopped by alarm/);
  expect(await shop.handle(stop)).toMatch(/^already claimed: /);
  open();
  await releasing;
  const outcome = await shop.conclude(record);
  expect(outcome.type).toBe('rolled-back');
  expect(await shop.handle(stop)).toMatch(/^already claimed: rolled back/);
  expect(await shop.handle(shop.deployed(record, 'FAILED'))).toMatch(/^already claimed: rolled back/);
  const messages = shop.sent.slice(before);
  expect(messages).toMatchObject([{ environment: 'prod', outcome: 'rolled-back' }]);
  expect(messages[0]?.message).toMatch(
    /^rolling back: shop-prod-hello v3 stopped by alarm shop-prod-hello-c-errors at 10 % after .+; v2 serves 100 % again\n\n/,
  );
  expect(messages[0]?.message).toContain(
    '\n\nwhat to do: wait until the stage has failed, because the rollback is still running; then fix the cause and push again\n\ncommit     commit-of-alarm\n',
  );

  const { rollbackDeploymentId } = functionsOf(outcome)[0]!;
  expect(await shop.handle(withId(stop, rollbackDeploymentId!))).toBe(
    `nothing to send: ${rollbackDeploymentId} is the rollback of a release`,
  );
});

test('a deployment outside the pipeline is announced as such, once; its rollback is not', async () => {
  const before = shop.sent.length;
  const stops = shop.stops.length;
  const { codeDeploy } = shop.account.clients;
  const { application, deploymentGroup } = shop.stops[0]!.detail as Record<string, string>;
  const resource = {
    Hello: {
      Type: 'AWS::Lambda::Function',
      Properties: { Name: 'shop-prod-hello', Alias: 'Live', CurrentVersion: '2', TargetVersion: '1' },
    },
  };
  const content = JSON.stringify({ version: 0.0, Resources: [resource] });
  const { deploymentId } = await codeDeploy.send(
    new CreateDeploymentCommand({
      applicationName: application,
      deploymentGroupName: deploymentGroup,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    }),
  );
  await codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
  await shop.account.clock.spawn(() => shop.account.clock.sleep(60_000));
  const [stop] = shop.stops.slice(stops);
  expect(await shop.handle(stop)).toMatch(
    /^sent: shop-prod, outside the pipeline: shop-prod-hello v1 stopped manually/,
  );
  expect(await shop.handle(stop)).toMatch(/^already claimed: /);
  const started = shop.events.findLast(({ detail }) => 'state' in detail && detail.state === 'START');
  expect(await shop.handle(withId(stop, idOf(started)))).toBe(
    `nothing to send: ${idOf(started)} is the rollback of another deployment`,
  );
  expect(shop.sent.slice(before)).toEqual([
    {
      subject: expect.any(String),
      message: expect.stringMatching(
        /^a deployment that the pipeline did not start has stopped: shop-prod-hello v1 stopped manually \(.+\) at .+; v2 serves 100 % again\n\n/,
      ),
      environment: 'prod',
      outcome: 'stray',
    },
  ]);
});

test('an obstacle for the next release is announced although the rollback was', async () => {
  const [record] = await shop.ledger.last(1);
  const before = shop.sent.length;
  const obstacles = [{ code: 'ROLLBACK_FAILED', subject: target.stackName, remedy: 'continue the rollback' }] as const;
  const known = record!.conclusion!.outcome;
  const next = { ...record!, build: 'Deploy:stuck', began: shop.account.clock.date().toISOString() };
  await shop.ledger.conclude(next, known, next.began);
  expect(await shop.handle(shop.deployed(next, 'FAILED'))).toMatch(/^sent: rolled back/);
  const stuck = { ...next, began: new Date(shop.account.clock.now() + 1_000).toISOString() };
  await shop.ledger.conclude(stuck, { ...known, obstacles }, stuck.began);
  expect(await shop.handle(shop.deployed(stuck, 'FAILED'))).toMatch(/^sent: rolled back/);
  expect(await shop.handle(shop.deployed(stuck, 'FAILED'))).toMatch(/^already claimed/);
  expect(shop.sent.slice(before)).toHaveLength(2);
  expect(shop.sent.at(-1)?.message).toContain('the rollback failed (ROLLBACK_FAILED)');
});

test('a message that SNS refuses is sent when Lambda retries', async () => {
  const record = await shop.begin('refused');
  await shop.conclude(record, { type: 'unchanged', stackUpdated: false });
  const event = shop.deployed(record, 'SUCCEEDED');
  const before = shop.sent.length;
  shop.sns.middlewareStack.add(
    () => async () => {
      throw new Error('SNS is out of order');
    },
    { step: 'initialize', name: 'refusing' },
  );
  await expect(shop.handle(event, 'request-of-refused')).rejects.toThrow('SNS is out of order');
  shop.sns.middlewareStack.remove('refusing');
  expect(await shop.handle(event)).toMatch(/^already claimed: /);
  expect(await shop.handle(event, 'request-of-refused')).toMatch(/^sent: unchanged/);
  expect(shop.sent.slice(before)).toMatchObject([
    { subject: 'unchanged: shop-prod, nothing changed, so no canary ran', outcome: 'unchanged' },
  ]);
});

describe('a stage that failed', () => {
  const failed = { state: 'FAILED', error: { code: 'JobFailed', message: 'exit status 1' } } as const;

  test('before any environment is announced with its action and the commit', async () => {
    await shop.begin('tests');
    shop.action('tests', 'Source', 'GitHub', { state: 'SUCCEEDED', outputVariables: { CommitId: '4f2a9c1' } });
    shop.action('tests', 'Build', 'Build', failed);
    const before = shop.sent.length;
    const event = shop.stage('tests', 'Build', 'FAILED');
    await shop.handle(event);
    await shop.handle(event);
    expect(shop.sent.slice(before)).toEqual([
      {
        subject: 'shop-pipeline Build failed: Build: exit status 1',
        message: `stage Build of shop-pipeline failed; nothing was released

✖ Build: exit status 1

what to do: read the failed action's log, fix the cause and push again; if the cause was temporary, choose 'Retry stage' in the CodePipeline console

commit     4f2a9c1
execution  tests`,
        environment: 'pipeline',
        outcome: 'failed',
      },
    ]);
    expect(await shop.handle(shop.stage('tests', 'Build', 'SUCCEEDED'))).toBe(
      'nothing to send: stage Build releases nothing',
    );
  });

  test('before Deploy began is announced, even in a retry after an announced failure of Deploy', async () => {
    const record = await shop.begin('retried');
    await shop.conclude(record, { type: 'failed', phase: 'cloudformation', reason: 'r', remedy: 'm' });
    await shop.handle(shop.deployed(record, 'FAILED'));
    await shop.account.clock.spawn(() => shop.account.clock.sleep(1_000));
    shop.action('retried', 'prod', 'ReleaseStack.Deploy', failed);
    const before = shop.sent.length;
    await shop.handle(shop.stage('retried', 'prod', 'FAILED'));
    expect(shop.sent.slice(before)).toMatchObject([
      {
        subject: 'shop-pipeline prod failed: Deploy: Build terminated with state: FAILED',
        message: expect.stringContaining('; its release had not begun, so nothing was released\n\n'),
        environment: 'prod',
        outcome: 'failed',
      },
    ]);
  });

  test('without a recorded outcome is announced with what the stack shows', async () => {
    const record = await shop.begin('dead');
    await deployGuarded(shop.account, { commit: 'f' });
    const before = shop.sent.length;
    expect(await shop.handle(shop.deployed(record, 'FAILED'))).toMatch(
      /^sent: shop-pipeline prod failed: Deploy: Build/,
    );
    expect(shop.sent.slice(before)[0]?.message).toMatch(
      /^stage prod of shop-pipeline failed; no outcome of its release was recorded, the stack now shows: released: new versions of 2 functions/,
    );
  });

  test('of an environment that has no ledger yet is announced', async () => {
    await shop.begin('new');
    shop.action('new', 'other', 'ReleaseStack.Deploy', failed);
    expect(await shop.handle(shop.stage('new', 'other', 'FAILED'))).toBe(
      'sent: shop-pipeline other failed: ReleaseStack.Deploy: exit status 1',
    );
    expect(shop.sent.at(-1)?.message).toMatch(
      /; it is not known whether anything was released: the ledger cannot be read/,
    );
  });
});

test('without permission to read the ledger a release is not mistaken for a deployment outside the pipeline', async () => {
  const record = await shop.begin('denied');
  const errors = { Query: 'AccessDeniedException' };
  const handle = (event: object | undefined) => refusing(shop.account.clients, errors, () => shop.handle(event));
  await expect(handle(shop.stops[0])).rejects.toThrow('Query is refused');
  await expect(handle(shop.deployed(record, 'SUCCEEDED'))).rejects.toThrow(
    'succeeded in execution denied, but the ledger cannot be read: Query is refused',
  );
  expect(await handle(shop.deployed(record, 'FAILED'))).toMatch(/^sent: shop-pipeline prod failed: Deploy: /);
  expect(shop.sent.at(-1)?.message).toContain(
    '; it is not known whether anything was released: the ledger cannot be read (Query is refused)\n\n',
  );
});

test('a stage that succeeded without a recorded outcome does not pass for a release', async () => {
  const record = await shop.begin('silent');
  await expect(shop.handle(shop.deployed(record, 'SUCCEEDED'))).rejects.toThrow(
    'stage prod of shop-pipeline succeeded in execution silent, but the ledger contains no outcome of its release',
  );
});

test('events about anything else are only logged', async () => {
  const before = shop.sent.length;
  const [stop] = shop.stops;
  expect(await shop.handle({ ...stop, account: '999999999999' })).toBe(
    'nothing to send: no environment in account 999999999999, region eu-central-1',
  );
  const stage = shop.events.findLast(({ source }) => source === 'aws.codepipeline')!;
  expect(await shop.handle({ ...stage, detail: { ...stage.detail, state: 'FAILED', pipeline: 'theirs' } })).toBe(
    'nothing to send: stage prod belongs to pipeline theirs, not shop-pipeline',
  );
  expect(await shop.handle(shop.events.find(({ detail }) => 'state' in detail && detail.state === 'STARTED'))).toBe(
    'nothing to send: aws.codepipeline: CodePipeline Pipeline Execution State Change, STARTED',
  );
  expect(shop.sent).toHaveLength(before);
});
