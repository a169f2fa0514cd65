import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { JobAnswer } from '../../../embedded-aws/codepipeline/job';
import { RELEASE_NAMESPACE } from '../../../release/ledger/release-metrics';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import { released, rolledBack } from '../releases';
import { target } from '../small-account';
import { CanaryBench, said } from './canary-bench';

let bench: CanaryBench;
const works = { code: 'exports.handler = async () => "works"' };
const differs = { code: 'exports.handler = async () => "differs"' };
const deploy = async (props: Parameters<CanaryBench['account']['package']>[0]) =>
  bench.account.deploy(await bench.account.package(props));

beforeAll(async () => {
  bench = await CanaryBench.open();
  await deploy(works);
});
afterAll(() => bench.close());
beforeEach(() => bench.push());

const minutes = (amount: number) => bench.account.clock.elapse(amount * 60_000);
const conclusion = async (build = `Deploy:${bench.execution}`) => (await bench.ledger.find(build))?.conclusion?.outcome;

/** Deploy has written itself down and runs. @returns its action execution's id */
async function begun(): Promise<string> {
  await bench.ledger.begin(await bench.record());
  return bench.deployChanged('STARTED', { externalExecutionId: `Deploy:${bench.execution}` });
}

/** A Deploy that has ended long ago, with that conclusion or without one. */
async function ended(state: 'SUCCEEDED' | 'FAILED' | 'ABANDONED', outcome?: ReleaseOutcome): Promise<void> {
  const actionExecutionId = await begun();
  if (outcome) await bench.ledger.conclude(await bench.record(), outcome, new Date(bench.now()).toISOString());
  bench.deployChanged(state, { actionExecutionId });
  await minutes(2);
}

/** @returns how often the action has looked at AWS */
function looks(): number {
  return bench.calls.filter(({ name }) => name === 'ListActionExecutions').length;
}

function message(answer: JobAnswer | undefined): string {
  if (answer?.type !== 'failed') throw new Error(`the action did not fail: ${JSON.stringify(answer)}`);
  return answer.failure.message;
}

describe('while a release shifts traffic', () => {
  test('the action says how it stands, and at last that it is released', async () => {
    await bench.call();
    const [, answers] = await Promise.all([bench.deploy(() => deploy(differs)), bench.follow()]);
    expect(said(answers)).toEqual([
      'waiting for Deploy',
      'no traffic shifts yet · CloudFormation says UPDATE_IN_PROGRESS',
      ...[0, 1, 2, 3, 4].map((minute) => `10 % on v2 for ${minute} of 5 min`),
      'released: shop-prod-hello v2 serves 100 % after 5 min 3 s',
    ]);
    const outcome = await conclusion();
    expect(outcome?.type).toBe('released');
    const [{ deploymentId } = { deploymentId: '' }] = (outcome?.type === 'released' && outcome.functions) || [];
    const shifting = { externalExecutionId: deploymentId };
    expect(answers.slice(2, -1)).toEqual(
      answers.slice(2, -1).map(() => expect.objectContaining({ details: expect.objectContaining(shifting) })),
    );
    expect(answers.at(-1)).toEqual({
      type: 'succeeded',
      details: { summary: said(answers).at(-1), percentComplete: 100, ...shifting },
      outputVariables: {
        RELEASE_OUTCOME: 'released',
        RELEASE_FAILED_PHASE: 'none',
        RELEASE_HEADLINE: said(answers).at(-1),
        RELEASE_DEPLOYMENTS: deploymentId,
      },
    });
    const most = bench.calls.map(
      (call) => bench.calls.filter(({ at }) => at >= call.at && at < call.at + 60_000).length,
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(30);
  });

  test('what is called back within half a minute repeats itself without asking AWS, with or without memory', async () => {
    const first = await bench.call();
    const before = bench.calls.map(({ name }) => name);
    bench.action = bench.newAction();
    await bench.account.clock.elapse(27_000);
    expect(await bench.call()).toEqual(first);
    expect(bench.calls.map(({ name }) => name)).toEqual([...before, 'PutJobSuccessResult']);
    await bench.account.clock.elapse(3_000);
    await bench.call();
    expect(looks()).toBe(2);
  });

  test('what is called back a second early looks all the same, and not more often for it', async () => {
    await bench.call();
    const half = 30_000;
    const early = 1_000;
    await bench.account.clock.elapse(half - early);
    await bench.call();
    expect(looks()).toBe(2);
    await bench.call();
    expect(looks()).toBe(2);
    await bench.account.clock.elapse(half - early - 1_500);
    await bench.call();
    expect(looks()).toBe(2);
    await bench.account.clock.elapse(1_500);
    await bench.call();
    expect(looks()).toBe(3);
  });
});

describe('a verdict', () => {
  test('is not told before Deploy has told it, though the stack has settled', async () => {
    await begun();
    await deploy({ ...works, memorySize: 256 });
    const answer = await bench.call();
    expect(answer).toMatchObject({ type: 'continues', details: { percentComplete: 99 } });
    expect(said([answer])).toEqual([
      expect.stringMatching(/^released: shop-prod-hello v3 serves 100 % after .* · Deploy is about to end$/),
    ]);
  });

  test("is of this stage's Deploy, not of an earlier stage's in the same pipeline execution", async () => {
    bench.deployChanged('FAILED', { stage: 'staging', externalExecutionId: 'Deploy:staging' });
    await minutes(2);
    await bench.call();
    await minutes(2);
    expect(said([await bench.call()])).toEqual(['waiting for Deploy']);
  });

  test('that somebody else has written down a moment before is the one that is told', async () => {
    await ended('FAILED');
    await bench.call();
    await minutes(1);
    const record = await bench.record();
    const found = (await bench.ledger.find(record.build)) ?? record;
    const { middlewareStack } = bench.account.clients.dynamoDb;
    middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'PutItemCommand' && middlewareStack.remove('quicker')) {
            await bench.ledger.conclude(found, rolledBack, new Date(bench.now()).toISOString());
          }
          return next(args);
        },
      { step: 'initialize', name: 'quicker' },
    );
    expect(message(await bench.call())).toContain('stopped by alarm shop-prod-hello-v7-errors');
  });

  test.each<[string, ReleaseOutcome]>([
    ['released', released],
    ['unchanged', { type: 'unchanged', stackUpdated: false, stackName: 'shop-prod', stackStatus: 'UPDATE_COMPLETE' }],
    ['first release', { type: 'first-release', aliases: [], stackName: 'shop-prod', stackStatus: 'CREATE_COMPLETE' }],
  ])('%s: that Deploy has said so is a success, though Deploy still runs', async (_, outcome) => {
    await begun();
    await bench.ledger.conclude(await bench.record(), outcome, new Date(bench.now()).toISOString());
    expect(await bench.call()).toMatchObject({ type: 'succeeded', outputVariables: { RELEASE_OUTCOME: outcome.type } });
  });

  test.each<[string, ReleaseOutcome, string]>([
    ['rolled back', rolledBack, 'rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 %'],
    [
      'failed',
      { ...rolledBack, type: 'failed', phase: 'before-cloudformation', reason: 'no such file', remedy: 'mend it' },
      'failed before CloudFormation, no traffic shifted: no such file',
    ],
  ])('%s: the whole of it stands in the failure message, its first line first', async (_, outcome, first) => {
    await ended('FAILED', outcome);
    await bench.call();
    await minutes(1);
    const answer = await bench.call();
    expect(message(answer).split('\n')[0]).toContain(first);
    expect(message(answer)).toContain('UPDATE_ROLLBACK_COMPLETE)\n');
    expect(answer).toMatchObject({ failure: { type: 'JobFailed', externalExecutionId: 'd-FORWARD01' } });
  });

  test('is told of a Deploy that ended before the action was called, once it is plain that the stage is not retried', async () => {
    await ended('SUCCEEDED', released);
    const answers = await bench.follow();
    expect(said(answers)).toEqual([
      'Deploy has ended already; waiting whether it is run again',
      'released: shop-prod-hello v7 serves 100 % after 5 min 5 s',
    ]);
    expect(answers).toHaveLength(3);
  });

  test('of an earlier attempt is not told of a later one', async () => {
    await ended('FAILED', rolledBack);
    expect(said([await bench.call()])).toEqual(['Deploy has ended already; waiting whether it is run again']);
    bench.deployChanged('STARTED', { externalExecutionId: 'Deploy:again' });
    await minutes(2);
    expect(said([await bench.call()])).toEqual(['Deploy gets ready']);
    await bench.ledger.conclude(await bench.record('Deploy:again'), released, new Date(bench.now()).toISOString());
    await minutes(1);
    expect((await bench.call()).type).toBe('succeeded');
  });

  test('is told once: a job that has its answer is fine as it is', async () => {
    await begun();
    await bench.ledger.conclude(await bench.record(), released, new Date(bench.now()).toISOString());
    const job = bench.job();
    await bench.action.handle(job.event);
    await bench.action.handle(job.event);
    expect((await job.answer).type).toBe('succeeded');
    const failing = bench.job(undefined, '{}');
    await bench.action.handle(failing.event);
    await bench.action.handle(failing.event);
    expect((await failing.answer).type).toBe('failed');
  });

  test.each(['garbled', '{"v":0,"began":1}', '{"v":1,"of":"shop-prod another","began":1}', '[]', 'null'])(
    'is told with the continuation token %s as without one',
    async (token) => {
      await begun();
      await bench.ledger.conclude(await bench.record(), released, new Date(bench.now()).toISOString());
      expect((await bench.call(token)).type).toBe('succeeded');
    },
  );
});

describe('when Deploy dies', () => {
  test('before its build has begun, the action fails', async () => {
    const actionExecutionId = bench.deployChanged('STARTED');
    expect(said([await bench.call()])).toEqual(['Deploy starts its build']);
    bench.deployChanged('FAILED', { actionExecutionId });
    await minutes(1);
    expect(message(await bench.call()).split('\n')[0]).toBe(
      'failed before CloudFormation, no traffic shifted: Deploy failed before its build began: Build terminated with state: FAILED',
    );
  });

  test('before it has written itself down, the action fails, and concludes it', async () => {
    const actionExecutionId = bench.deployChanged('STARTED', { externalExecutionId: 'Deploy:dead' });
    expect(said([await bench.call()])).toEqual(['Deploy gets ready']);
    bench.deployChanged('ABANDONED', { actionExecutionId });
    await minutes(1);
    expect(message(await bench.call()).split('\n')[0]).toBe(
      'failed before CloudFormation, no traffic shifted: Deploy ended without a word about the release',
    );
    expect(await conclusion('Deploy:dead')).toMatchObject({ type: 'failed', phase: 'before-cloudformation' });
  });

  test('without a conclusion, the action waits until the stack has settled, judges, and concludes in its place', async () => {
    const held = bench.account.hold('UPDATE_ROLLBACK_IN_PROGRESS');
    const deploying = bench.account.deploy(await bench.account.package({ ...works, broken: true }));
    const actionExecutionId = await begun();
    const open = await held;
    expect(said([await bench.call()])).toEqual(['being rolled back: shop-prod']);
    bench.deployChanged('FAILED', { actionExecutionId });
    open();
    await deploying;
    await minutes(1);
    const answers = await bench.follow();
    expect(said(answers).at(-1)).toContain('rolled back: CloudFormation took every shift back, because of Broken');
    expect((await conclusion())?.type).toBe('rolled-back');
    const { Datapoints = [] } = await bench.account.clients.cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace: RELEASE_NAMESPACE,
        MetricName: 'Rollbacks',
        Dimensions: [{ Name: 'Stack', Value: target.stackName }],
        StartTime: new Date(bench.now() - 3_600_000),
        EndTime: new Date(bench.now() + 60_000),
        Period: 3_600,
        Statistics: ['Sum'],
      }),
    );
    expect(Datapoints.map(({ Sum }) => Sum)).toEqual([1]);
  });

  test('nothing is ever called unchanged that Deploy has not called so', async () => {
    await ended('SUCCEEDED');
    await bench.call();
    await minutes(1);
    expect(message(await bench.call()).split('\n')[0]).toBe(
      "failed to find out what became of it: Deploy ended without saying so, and the stack's events show nothing of it",
    );
  });
});

describe('when AWS does not answer', () => {
  test.each([
    [
      'ListActionExecutions',
      'ThrottlingException',
      'following the release · could not read how Deploy stands (throttled',
    ],
    ['Query', 'AccessDeniedException', 'Deploy gets ready · could not read the ledger of releases (denied'],
    ['Query', 'ResourceNotFoundException', 'Deploy gets ready · could not read the ledger of releases (gone'],
  ])('to %s but with %s, the action says so and goes on', async (command, error, words) => {
    await begun();
    const [text] = said([await bench.refusing({ [command]: error }, () => bench.call())]);
    expect(text).toContain(words);
    await bench.ledger.conclude(await bench.record(), released, new Date(bench.now()).toISOString());
    await minutes(1);
    expect((await bench.call()).type).toBe('succeeded');
  });

  test("about the stack's events, there is no verdict for ten minutes, and then one that names them", async () => {
    await ended('SUCCEEDED');
    await bench.call();
    await bench.refusing({ DescribeStackEvents: 'AccessDenied' }, async () => {
      await minutes(1);
      const [text] = said([await bench.call()]);
      expect(text).toContain("Deploy has ended · could not read the stack's events (denied");
      await minutes(10);
      expect(message(await bench.call())).toContain("? could not read the stack's events: denied");
    });
    expect(await conclusion()).toBeUndefined();
  });

  test('about the ledger for ten minutes, what the stack says has to do', async () => {
    await ended('FAILED');
    await bench.refusing({ Query: 'AccessDeniedException', PutItem: 'AccessDeniedException' }, async () => {
      await bench.call();
      await minutes(11);
      expect(message(await bench.call())).toContain('Deploy ended without a word about the release');
    });
    expect(bench.logged.join('\n')).toContain('the conclusion was not written down: AccessDeniedException');
  });

  test('for once, the action keeps what it knew of the shift', async () => {
    await begun();
    await deploy({ ...works, memorySize: 512 });
    const { details } = (await bench.call()) as Extract<JobAnswer, { type: 'continues' }>;
    await minutes(1);
    const answer = await bench.refusing({ DescribeStackEvents: 'Throttling' }, () => bench.call());
    expect(answer).toMatchObject({ details: { ...details, summary: expect.stringContaining('throttled') } });
    expect(details).toMatchObject({ percentComplete: 99, externalExecutionId: expect.stringMatching(/^d-/) });
  });

  test('in time, the action says so and looks anew', async () => {
    await begun();
    const context = { getRemainingTimeInMillis: () => 5_001 };
    const answer = await bench.call(undefined, undefined, context);
    expect(said([answer])).toEqual(['following the release · AWS did not answer in time']);
    await minutes(1);
    await bench.call();
    await minutes(1);
    await bench.call();
    expect(bench.made).toBe(2);
  });

  test('as nobody could foresee, it throws, so that Lambda tries again', async () => {
    await begun();
    await expect(bench.refusing({ Query: 'ValidationException' }, () => bench.call())).rejects.toThrow(
      'Query is refused',
    );
  });
});

test('after its bound the action fails and says what it saw last', async () => {
  await begun();
  expect((await bench.call()).type).toBe('continues');
  await minutes(60);
  const answer = await bench.call();
  expect(message(answer).split('\n')[0]).toBe(
    'failed to find out what became of it: nobody knows yet: this action has followed the release for 60 minutes, its bound; at last: Deploy is at work and has not changed the stack yet',
  );
  expect(await conclusion()).toBeUndefined();
});

test('a token that is lost does not make an action endless: CodePipeline gives every call the last one', async () => {
  await begun();
  await bench.call();
  const began = JSON.parse(bench.token ?? '{}').began;
  bench.action = bench.newAction();
  await minutes(30);
  await bench.call();
  expect(JSON.parse(bench.token ?? '{}').began).toBe(began);
});

test('every mistake in the configuration is told at once, as a mistake in the configuration', async () => {
  const answer = await bench.call(
    undefined,
    bench.userParameters({ region: 'Frankfurt', minutes: '60', Stage: 'prod' }),
  );
  expect(answer).toMatchObject({ failure: { type: 'ConfigurationError' } });
  expect(message(answer).split('\n')).toHaveLength(4);
});

test('nothing of what a job holds of credentials is logged', async () => {
  await begun();
  const job = bench.job();
  await bench.action.handle(job.event);
  const { accessKeyId, secretAccessKey, sessionToken } = job.event['CodePipeline.job'].data.artifactCredentials;
  expect(bench.logged).toHaveLength(1);
  for (const secret of [accessKeyId, secretAccessKey, sessionToken]) {
    expect(bench.logged.join('\n')).not.toContain(secret);
  }
});
