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

/**
 * Lets Deploy record its release and run.
 *
 * @returns The id of its action execution.
 */
async function begun(): Promise<string> {
  await bench.ledger.begin(await bench.record());
  return bench.deployChanged('STARTED', { externalExecutionId: `Deploy:${bench.execution}` });
}

/** Lets Deploy end long ago, with an outcome or without one. */
async function ended(state: 'SUCCEEDED' | 'FAILED' | 'ABANDONED', outcome?: ReleaseOutcome): Promise<void> {
  const actionExecutionId = await begun();
  if (outcome) await bench.ledger.conclude(await bench.record(), outcome, new Date(bench.now()).toISOString());
  bench.deployChanged(state, { actionExecutionId });
  await minutes(2);
}

/** @returns How often the action has read AWS. */
function reads(): number {
  return bench.calls.filter(({ name }) => name === 'ListActionExecutions').length;
}

function message(answer: JobAnswer | undefined): string {
  if (answer?.type !== 'failed') throw new Error(`the action did not fail: ${JSON.stringify(answer)}`);
  return answer.failure.message;
}

describe('while a release shifts traffic', () => {
  test('the action shows its progress, and at the end that it is released', async () => {
    await bench.call();
    const [, answers] = await Promise.all([bench.deploy(() => deploy(differs)), bench.follow()]);
    expect(said(answers)).toEqual([
      'waiting for Deploy',
      'no traffic shifted yet · stack UPDATE_IN_PROGRESS',
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

  test('an invocation within half a minute repeats the last reply without calling AWS, with or without memory', async () => {
    const first = await bench.call();
    const before = bench.calls.map(({ name }) => name);
    bench.action = bench.newAction();
    await bench.account.clock.elapse(27_000);
    expect(await bench.call()).toEqual(first);
    expect(bench.calls.map(({ name }) => name)).toEqual([...before, 'PutJobSuccessResult']);
    await bench.account.clock.elapse(3_000);
    await bench.call();
    expect(reads()).toBe(2);
  });

  test('an invocation that is a second early reads AWS all the same, but not more often', async () => {
    await bench.call();
    const half = 30_000;
    const early = 1_000;
    await bench.account.clock.elapse(half - early);
    await bench.call();
    expect(reads()).toBe(2);
    await bench.call();
    expect(reads()).toBe(2);
    await bench.account.clock.elapse(half - early - 1_500);
    await bench.call();
    expect(reads()).toBe(2);
    await bench.account.clock.elapse(1_500);
    await bench.call();
    expect(reads()).toBe(3);
  });
});

describe('an outcome', () => {
  test('is not reported before Deploy has recorded it, although the stack has settled', async () => {
    await begun();
    await deploy({ ...works, memorySize: 256 });
    const answer = await bench.call();
    expect(answer).toMatchObject({ type: 'continues', details: { percentComplete: 99 } });
    expect(said([answer])).toEqual([
      expect.stringMatching(/^released: shop-prod-hello v3 serves 100 % after .* · Deploy is about to end$/),
    ]);
  });

  test("is that of this stage's Deploy, not of an earlier stage's in the same pipeline execution", async () => {
    bench.deployChanged('FAILED', { stage: 'staging', externalExecutionId: 'Deploy:staging' });
    await minutes(2);
    await bench.call();
    await minutes(2);
    expect(said([await bench.call()])).toEqual(['waiting for Deploy']);
  });

  test('that another component has recorded a moment before is the one that is reported', async () => {
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
  ])('%s: once Deploy has recorded it the action succeeds, although Deploy is still running', async (_, outcome) => {
    await begun();
    await bench.ledger.conclude(await bench.record(), outcome, new Date(bench.now()).toISOString());
    expect(await bench.call()).toMatchObject({ type: 'succeeded', outputVariables: { RELEASE_OUTCOME: outcome.type } });
  });

  test.each<[string, ReleaseOutcome, string]>([
    ['rolled back', rolledBack, 'rolled back: shop-prod-hello v7 stopped by alarm shop-prod-hello-v7-errors at 10 %'],
    [
      'failed',
      { ...rolledBack, type: 'failed', phase: 'before-cloudformation', reason: 'no such file', remedy: 'fix it' },
      'failed before CloudFormation, no traffic shifted: no such file',
    ],
  ])('%s: the failure message contains all of it, its headline first', async (_, outcome, first) => {
    await ended('FAILED', outcome);
    await bench.call();
    await minutes(1);
    const answer = await bench.call();
    expect(message(answer).split('\n')[0]).toContain(first);
    expect(message(answer)).toContain('UPDATE_ROLLBACK_COMPLETE)\n');
    expect(answer).toMatchObject({ failure: { type: 'JobFailed', externalExecutionId: 'd-FORWARD01' } });
  });

  test('of a Deploy that ended before the action began is reported once the stage is clearly not retried', async () => {
    await ended('SUCCEEDED', released);
    const answers = await bench.follow();
    expect(said(answers)).toEqual([
      'Deploy has already ended; waiting in case it is retried',
      'released: shop-prod-hello v7 serves 100 % after 5 min 5 s',
    ]);
    expect(answers).toHaveLength(3);
  });

  test('of an earlier attempt is not reported for a later one', async () => {
    await ended('FAILED', rolledBack);
    expect(said([await bench.call()])).toEqual(['Deploy has already ended; waiting in case it is retried']);
    bench.deployChanged('STARTED', { externalExecutionId: 'Deploy:again' });
    await minutes(2);
    expect(said([await bench.call()])).toEqual(['Deploy is preparing the release']);
    await bench.ledger.conclude(await bench.record('Deploy:again'), released, new Date(bench.now()).toISOString());
    await minutes(1);
    expect((await bench.call()).type).toBe('succeeded');
  });

  test('is reported once: a job that has its reply is left alone', async () => {
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
    'is reported with the continuation token %s as without one',
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
    expect(said([await bench.call()])).toEqual(['Deploy is starting its build']);
    bench.deployChanged('FAILED', { actionExecutionId });
    await minutes(1);
    expect(message(await bench.call()).split('\n')[0]).toBe(
      'failed before CloudFormation, no traffic shifted: Deploy failed before its build started: Build terminated with state: FAILED',
    );
  });

  test('before it has recorded its release, the action fails, and records the outcome', async () => {
    const actionExecutionId = bench.deployChanged('STARTED', { externalExecutionId: 'Deploy:dead' });
    expect(said([await bench.call()])).toEqual(['Deploy is preparing the release']);
    bench.deployChanged('ABANDONED', { actionExecutionId });
    await minutes(1);
    expect(message(await bench.call()).split('\n')[0]).toBe(
      'failed before CloudFormation, no traffic shifted: Deploy ended without reporting an outcome',
    );
    expect(await conclusion('Deploy:dead')).toMatchObject({ type: 'failed', phase: 'before-cloudformation' });
  });

  test('without an outcome, the action waits until the stack has settled, judges, and records the outcome in its place', async () => {
    const held = bench.account.hold('UPDATE_ROLLBACK_IN_PROGRESS');
    const deploying = bench.account.deploy(await bench.account.package({ ...works, broken: true }));
    const actionExecutionId = await begun();
    const open = await held;
    expect(said([await bench.call()])).toEqual(['rolling back: shop-prod']);
    bench.deployChanged('FAILED', { actionExecutionId });
    open();
    await deploying;
    await minutes(1);
    const answers = await bench.follow();
    expect(said(answers).at(-1)).toContain('rolled back: the stack update failed although no shift did: Broken');
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

  test('only Deploy itself can report that nothing changed', async () => {
    await ended('SUCCEEDED');
    await bench.call();
    await minutes(1);
    expect(message(await bench.call()).split('\n')[0]).toBe(
      "failed to determine the outcome: Deploy ended without reporting an outcome, and the stack's events show no change",
    );
  });
});

describe('when AWS does not answer', () => {
  test.each([
    [
      'ListActionExecutions',
      'ThrottlingException',
      'following the release · could not read the status of Deploy (throttled',
    ],
    ['Query', 'AccessDeniedException', 'Deploy is preparing the release · could not read the release ledger (denied'],
    ['Query', 'ResourceNotFoundException', 'Deploy is preparing the release · could not read the release ledger (gone'],
  ])('to %s but with %s, the action says so and goes on', async (command, error, expected) => {
    await begun();
    const [text] = said([await bench.refusing({ [command]: error }, () => bench.call())]);
    expect(text).toContain(expected);
    await bench.ledger.conclude(await bench.record(), released, new Date(bench.now()).toISOString());
    await minutes(1);
    expect((await bench.call()).type).toBe('succeeded');
  });

  test("about the stack's events, there is no outcome for ten minutes, and then one that names them", async () => {
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

  test('about the ledger for ten minutes, the stack decides', async () => {
    await ended('FAILED');
    await bench.refusing({ Query: 'AccessDeniedException', PutItem: 'AccessDeniedException' }, async () => {
      await bench.call();
      await minutes(11);
      expect(message(await bench.call())).toContain('Deploy ended without reporting an outcome');
    });
    expect(bench.logged.join('\n')).toContain('the outcome could not be recorded: AccessDeniedException');
  });

  test('once, the action keeps what it knew about the shift', async () => {
    await begun();
    await deploy({ ...works, memorySize: 512 });
    const { details } = (await bench.call()) as Extract<JobAnswer, { type: 'continues' }>;
    await minutes(1);
    const answer = await bench.refusing({ DescribeStackEvents: 'Throttling' }, () => bench.call());
    expect(answer).toMatchObject({ details: { ...details, summary: expect.stringContaining('throttled') } });
    expect(details).toMatchObject({ percentComplete: 99, externalExecutionId: expect.stringMatching(/^d-/) });
  });

  test('in time, the action says so and starts afresh', async () => {
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

  test('but with an unexpected error, it throws, so that Lambda retries', async () => {
    await begun();
    await expect(bench.refusing({ Query: 'ValidationException' }, () => bench.call())).rejects.toThrow(
      'Query is refused',
    );
  });
});

test('after its time limit the action fails with its last status', async () => {
  await begun();
  expect((await bench.call()).type).toBe('continues');
  await minutes(60);
  const answer = await bench.call();
  expect(message(answer).split('\n')[0]).toBe(
    'failed to determine the outcome: no outcome after 60 minutes, the limit of this action; last status: Deploy is running, the stack has not changed yet',
  );
  expect(await conclusion()).toBeUndefined();
});

test('lost memory does not make an action endless: CodePipeline passes the last token to every invocation', async () => {
  await begun();
  await bench.call();
  const began = JSON.parse(bench.token ?? '{}').began;
  bench.action = bench.newAction();
  await minutes(30);
  await bench.call();
  expect(JSON.parse(bench.token ?? '{}').began).toBe(began);
});

test('every problem with the configuration is reported at once, as a configuration error', async () => {
  const answer = await bench.call(
    undefined,
    bench.userParameters({ region: 'Frankfurt', minutes: '60', Stage: 'prod' }),
  );
  expect(answer).toMatchObject({ failure: { type: 'ConfigurationError' } });
  expect(message(answer).split('\n')).toHaveLength(4);
});

test('no credentials in a job are logged', async () => {
  await begun();
  const job = bench.job();
  await bench.action.handle(job.event);
  const { accessKeyId, secretAccessKey, sessionToken } = job.event['CodePipeline.job'].data.artifactCredentials;
  expect(bench.logged).toHaveLength(1);
  for (const secret of [accessKeyId, secretAccessKey, sessionToken]) {
    expect(bench.logged.join('\n')).not.toContain(secret);
  }
});
