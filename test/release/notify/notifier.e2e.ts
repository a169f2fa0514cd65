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

test('a release is told once when it went well, though its event comes twice', async () => {
  const record = await shop.begin('well');
  await deployGuarded(shop.account, { commit: 'b' });
  await shop.conclude(record);
  const event = shop.deployed(record, 'SUCCEEDED');
  const before = shop.told.length;
  expect(await Promise.all([shop.tell(event), shop.tell(event)])).toContainEqual(
    expect.stringMatching(/^told already: released/),
  );
  expect(shop.told.slice(before)).toEqual([
    {
      subject: 'released: 2 functions of shop-prod serve their new versions after 5 min 3 s',
      message: expect.stringMatching(/\n\ncommit {5}commit-of-well\nexecution {2}well$/),
      environment: 'prod',
      outcome: 'released',
    },
  ]);
});

test('an alarm is told at once and once: not when its event comes twice, and not when the stage fails after it', async () => {
  const record = await shop.begin('alarm');
  const before = shop.told.length;
  const stops = shop.stops.length;
  const releasing = Promise.all([deployGuarded(shop.account, { commit: 'c' }), fail(shop.account, 'c')]);
  const open = await holdWhen(shop.account, () => shop.stops.length > stops);
  const [stop] = shop.stops.slice(stops);
  expect(shop.account.status).toBe('UPDATE_IN_PROGRESS');
  expect(await shop.tell(stop)).toMatch(/^told: being rolled back: shop-prod-hello v3 stopped by alarm/);
  expect(await shop.tell(stop)).toMatch(/^told already: /);
  open();
  await releasing;
  const outcome = await shop.conclude(record);
  expect(outcome.type).toBe('rolled-back');
  expect(await shop.tell(stop)).toMatch(/^told already: rolled back/);
  expect(await shop.tell(shop.deployed(record, 'FAILED'))).toMatch(/^told already: rolled back/);
  const told = shop.told.slice(before);
  expect(told).toMatchObject([{ environment: 'prod', outcome: 'rolled-back' }]);
  expect(told[0]?.message).toMatch(
    /^being rolled back: shop-prod-hello v3 stopped by alarm shop-prod-hello-c-errors at 10 % after .+; v2 serves 100 % again\n\n/,
  );
  expect(told[0]?.message).toContain(
    '\n\nwhat to do: wait until the stage has failed, for the rollback goes on; mend the cause and push again\n\ncommit     commit-of-alarm\n',
  );

  const { rollbackDeploymentId } = functionsOf(outcome)[0]!;
  expect(await shop.tell(withId(stop, rollbackDeploymentId!))).toBe(
    `nothing to tell: ${rollbackDeploymentId} takes a release back`,
  );
});

test('a deployment that no release started is told as such, once; the one that takes it back is not', async () => {
  const before = shop.told.length;
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
  expect(await shop.tell(stop)).toMatch(/^told: shop-prod stopped outside of a release: shop-prod-hello v1 stopped by/);
  expect(await shop.tell(stop)).toMatch(/^told already: /);
  const started = shop.events.findLast(({ detail }) => 'state' in detail && detail.state === 'START');
  expect(await shop.tell(withId(stop, idOf(started)))).toBe(
    `nothing to tell: ${idOf(started)} takes another deployment back`,
  );
  expect(shop.told.slice(before)).toEqual([
    {
      subject: expect.any(String),
      message: expect.stringMatching(
        /^a deployment that no release of the pipeline started has stopped: shop-prod-hello v1 stopped by a person \(.+\) at .+; v2 serves 100 % again\n\n/,
      ),
      environment: 'prod',
      outcome: 'stray',
    },
  ]);
});

test('what stops the next release, too, is told although the rollback was', async () => {
  const [record] = await shop.ledger.last(1);
  const before = shop.told.length;
  const obstacles = [{ code: 'ROLLBACK_FAILED', subject: target.stackName, remedy: 'continue the rollback' }] as const;
  const known = record!.conclusion!.outcome;
  const next = { ...record!, build: 'Deploy:stuck', began: shop.account.clock.date().toISOString() };
  await shop.ledger.conclude(next, known, next.began);
  expect(await shop.tell(shop.deployed(next, 'FAILED'))).toMatch(/^told: rolled back/);
  const stuck = { ...next, began: new Date(shop.account.clock.now() + 1_000).toISOString() };
  await shop.ledger.conclude(stuck, { ...known, obstacles }, stuck.began);
  expect(await shop.tell(shop.deployed(stuck, 'FAILED'))).toMatch(/^told: rolled back/);
  expect(await shop.tell(shop.deployed(stuck, 'FAILED'))).toMatch(/^told already/);
  expect(shop.told.slice(before)).toHaveLength(2);
  expect(shop.told.at(-1)?.message).toContain('the rollback itself failed (ROLLBACK_FAILED)');
});

test('a message that SNS refuses is told when Lambda tries again', async () => {
  const record = await shop.begin('refused');
  await shop.conclude(record, { type: 'unchanged', stackUpdated: false });
  const event = shop.deployed(record, 'SUCCEEDED');
  const before = shop.told.length;
  shop.sns.middlewareStack.add(
    () => async () => {
      throw new Error('SNS is out of order');
    },
    { step: 'initialize', name: 'refusing' },
  );
  await expect(shop.tell(event, 'request-of-refused')).rejects.toThrow('SNS is out of order');
  shop.sns.middlewareStack.remove('refusing');
  expect(await shop.tell(event)).toMatch(/^told already: /);
  expect(await shop.tell(event, 'request-of-refused')).toMatch(/^told: unchanged/);
  expect(shop.told.slice(before)).toMatchObject([
    { subject: 'unchanged: shop-prod, nothing has changed: no canary ran', outcome: 'unchanged' },
  ]);
});

describe('a stage that failed', () => {
  const failed = { state: 'FAILED', error: { code: 'JobFailed', message: 'exit status 1' } } as const;

  test('before any environment is told with its action and the commit', async () => {
    await shop.begin('tests');
    shop.action('tests', 'Source', 'GitHub', { state: 'SUCCEEDED', outputVariables: { CommitId: '4f2a9c1' } });
    shop.action('tests', 'Build', 'Build', failed);
    const before = shop.told.length;
    const event = shop.stage('tests', 'Build', 'FAILED');
    await shop.tell(event);
    await shop.tell(event);
    expect(shop.told.slice(before)).toEqual([
      {
        subject: 'shop-pipeline Build failed: Build: exit status 1',
        message: `stage Build of shop-pipeline failed, nothing was released

✖ Build: exit status 1

what to do: read the action's own log, mend the cause and push again; if it was an accident, choose Retry stage in CodePipeline's console

commit     4f2a9c1
execution  tests`,
        environment: 'pipeline',
        outcome: 'failed',
      },
    ]);
    expect(await shop.tell(shop.stage('tests', 'Build', 'SUCCEEDED'))).toBe(
      'nothing to tell: stage Build releases nothing',
    );
  });

  test('before Deploy began is told, in a retry too, where an earlier Deploy was told already', async () => {
    const record = await shop.begin('retried');
    await shop.conclude(record, { type: 'failed', phase: 'cloudformation', reason: 'r', remedy: 'm' });
    await shop.tell(shop.deployed(record, 'FAILED'));
    await shop.account.clock.spawn(() => shop.account.clock.sleep(1_000));
    shop.action('retried', 'prod', 'ReleaseStack.Deploy', failed);
    const before = shop.told.length;
    await shop.tell(shop.stage('retried', 'prod', 'FAILED'));
    expect(shop.told.slice(before)).toMatchObject([
      {
        subject: 'shop-pipeline prod failed: Deploy: Build terminated with state: FAILED',
        message: expect.stringContaining('; its release had not begun, so nothing was released\n\n'),
        environment: 'prod',
        outcome: 'failed',
      },
    ]);
  });

  test('without anybody having concluded its release is told with what the stack says', async () => {
    const record = await shop.begin('dead');
    await deployGuarded(shop.account, { commit: 'f' });
    const before = shop.told.length;
    expect(await shop.tell(shop.deployed(record, 'FAILED'))).toMatch(/^told: shop-pipeline prod failed: Deploy: Build/);
    expect(shop.told.slice(before)[0]?.message).toMatch(
      /^stage prod of shop-pipeline failed; nobody concluded the release; by what the stack says now it is released: 2 functions/,
    );
  });

  test('of an environment that has no ledger yet is told', async () => {
    await shop.begin('new');
    shop.action('new', 'other', 'ReleaseStack.Deploy', failed);
    expect(await shop.tell(shop.stage('new', 'other', 'FAILED'))).toBe(
      'told: shop-pipeline other failed: ReleaseStack.Deploy: exit status 1',
    );
    expect(shop.told.at(-1)?.message).toMatch(/; whether it released anything is not known: the ledger cannot be read/);
  });
});

test('whoever may not read the ledger does not take a release for a shift by hand', async () => {
  const record = await shop.begin('denied');
  const errors = { Query: 'AccessDeniedException' };
  const tell = (event: object | undefined) => refusing(shop.account.clients, errors, () => shop.tell(event));
  await expect(tell(shop.stops[0])).rejects.toThrow('Query is refused');
  await expect(tell(shop.deployed(record, 'SUCCEEDED'))).rejects.toThrow(
    'succeeded in denied, but the ledger cannot be read: Query is refused',
  );
  expect(await tell(shop.deployed(record, 'FAILED'))).toMatch(/^told: shop-pipeline prod failed: Deploy: /);
  expect(shop.told.at(-1)?.message).toContain(
    '; whether it released anything is not known: the ledger cannot be read (Query is refused)\n\n',
  );
});

test('a stage that succeeded without an outcome does not pass for a release', async () => {
  const record = await shop.begin('silent');
  await expect(shop.tell(shop.deployed(record, 'SUCCEEDED'))).rejects.toThrow(
    'stage prod of shop-pipeline succeeded in silent, but the ledger has no outcome of its release',
  );
});

test('what is none of its business is said in the log alone', async () => {
  const before = shop.told.length;
  const [stop] = shop.stops;
  expect(await shop.tell({ ...stop, account: '999999999999' })).toBe(
    'nothing to tell: no environment is in account 999999999999, region eu-central-1',
  );
  const stage = shop.events.findLast(({ source }) => source === 'aws.codepipeline')!;
  expect(await shop.tell({ ...stage, detail: { ...stage.detail, state: 'FAILED', pipeline: 'theirs' } })).toBe(
    'nothing to tell: stage prod is of theirs, not shop-pipeline',
  );
  expect(await shop.tell(shop.events.find(({ detail }) => 'state' in detail && detail.state === 'STARTED'))).toBe(
    'nothing to tell: aws.codepipeline: CodePipeline Pipeline Execution State Change, STARTED',
  );
  expect(shop.told).toHaveLength(before);
});
