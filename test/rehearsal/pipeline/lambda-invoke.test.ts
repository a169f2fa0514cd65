import { setTimeout as realSleep } from 'node:timers/promises';
import {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
  type PutJobSuccessResultCommandInput,
} from '@aws-sdk/client-codepipeline';
import { VirtualClock } from '../../../embedded-aws/clock';
import type { JobEvent } from '../../../embedded-aws/codepipeline/job';
import { Random } from '../../../embedded-aws/random';
import { World } from '../../../embedded-aws/world';
import type { ActionContext, ActionProgress } from '../../../rehearsal/pipeline/action-runner';
import { LambdaInvokeActions } from '../../../rehearsal/pipeline/actions/lambda-invoke';
import { Artifacts } from '../../../rehearsal/pipeline/artifacts';
import type { LambdaAction } from '../../../rehearsal/pipeline/model';
import { UnresolvedVariable, Variables } from '../../../rehearsal/pipeline/variables';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { aCommit } from './a-commit';

const HOME = { accountId: '111111111111', region: 'eu-central-1' };
const START = Date.parse('2030-01-01T00:00:00Z');
const MINUTE = 60_000;

const ACTION: LambdaAction = {
  type: 'Lambda',
  stage: 'prod',
  name: 'Canary',
  runOrder: 2,
  inputs: [],
  outputs: [],
  namespace: undefined,
  roleArn: undefined,
  region: HOME.region,
  functionName: 'canary',
  userParameters: '{"execution":"#{codepipeline.PipelineExecutionId}"}',
};

type Job = JobEvent['CodePipeline.job'];

let clock: VirtualClock;
let world: World;
let scratch: Scratch;
let client: CodePipelineClient;
let context: ActionContext;
let progress: ActionProgress[];
/** The invocations: seconds since the start, and the job. */
let calls: { readonly at: number; readonly job: Job }[];
/** Settled when the invocations have ended. */
let invocations: Promise<void>[];
/** The function's code. */
let work: (job: Job, call: number) => Promise<unknown>;

beforeEach(async () => {
  clock = new VirtualClock(new Date(START));
  scratch = await Scratch.open({ grace: 100 });
  world = new World({ clock, random: new Random(1), directory: await scratch.directory('aws') });
  await world.open();
  client = new CodePipelineClient({
    endpoint: world.url,
    region: HOME.region,
    credentials: world.visitor('111111111111'),
  });
  progress = [];
  calls = [];
  invocations = [];
  const variables = new Variables();
  variables.set('codepipeline', { PipelineExecutionId: 'e-1' });
  context = {
    pipeline: { name: 'service', stackName: 'PipelineStack', templateFile: 'x', stages: [] },
    executionId: 'e-1',
    commit: aCommit,
    artifacts: new Artifacts(scratch, 'e-1'),
    variables,
    onBuildEvent: () => {},
    onProgress: (each) => progress.push(each),
    parallelWork: Promise.resolve(),
  };
});

afterEach(async () => {
  await Promise.all(invocations);
  client.destroy();
  await world.close();
  await scratch.close();
});

/**
 * Runs the action with a function that takes no virtual time, like embedded Lambda functions, and reports over HTTP.
 */
function run(more: Partial<ActionContext> = {}) {
  const lambda = {
    invokeAsync: async (_: string, payload: string) => {
      const job = (JSON.parse(payload) as JobEvent)['CodePipeline.job'];
      calls.push({ at: (clock.now() - START) / 1_000, job });
      const call = calls.length;
      invocations.push(clock.spawn(async () => void (await work(job, call)), { daemon: true }));
    },
  };
  const { codePipeline } = world.region(HOME);
  const actions = new LambdaInvokeActions({ clock, region: () => ({ codePipeline, lambda }) });
  return actions.run(ACTION, { ...context, ...more });
}

const succeed = ({ id: jobId }: Job, more: Partial<PutJobSuccessResultCommandInput> = {}) =>
  client.send(new PutJobSuccessResultCommand({ jobId, ...more }));
const goOn = (job: Job, summary: string) =>
  succeed(job, { continuationToken: `after ${summary}`, executionDetails: { summary, percentComplete: 10 } });

test('a function that returns a continuation token is invoked again after 30 s, with a new job and that token', async () => {
  work = (job, call) =>
    call < 3
      ? goOn(job, `look ${call}`)
      : succeed(job, {
          executionDetails: { summary: 'released', percentComplete: 100, externalExecutionId: 'd-1' },
          outputVariables: { RELEASE_OUTCOME: 'released' },
        });
  expect(await run()).toEqual({
    type: 'succeeded',
    summary: 'released',
    externalId: 'd-1',
    variables: { RELEASE_OUTCOME: 'released' },
  });
  expect(calls.map(({ at, job }) => [at, job.data.continuationToken])).toEqual([
    [0, undefined],
    [30, 'after look 1'],
    [60, 'after look 2'],
  ]);
  expect(new Set(calls.map(({ job }) => job.id)).size).toBe(3);
  expect(calls[0]!.job.data.actionConfiguration.configuration).toEqual({
    FunctionName: 'canary',
    UserParameters: '{"execution":"e-1"}',
  });
  expect(progress).toEqual([
    { summary: 'look 1', percentComplete: 10 },
    { summary: 'look 2', percentComplete: 10 },
  ]);
});

test('the failure that the function reports is the action’s failure', async () => {
  work = ({ id: jobId }) =>
    client.send(
      new PutJobFailureResultCommand({
        jobId,
        failureDetails: { type: 'JobFailed', message: 'rolled back\nwhole outcome', externalExecutionId: 'd-1' },
      }),
    );
  const message = 'rolled back\nwhole outcome';
  expect(await run()).toEqual({ type: 'failed', code: 'JobFailed', message, externalId: 'd-1' });
});

describe('while a build runs in parallel', () => {
  test('the action makes no virtual time pass', async () => {
    work = (job, call) => (call < 4 ? goOn(job, `look ${call}`) : succeed(job));
    let during = 0;
    const parallelWork = realSleep(80).then(() => {
      during = clock.now() - START;
    });
    expect(await run({ parallelWork })).toMatchObject({ type: 'succeeded' });
    expect(during).toBe(0);
    expect(calls.map(({ at }) => at)).toEqual([0, 30, 60, 90]);
  });

  test('the action continues in the time that the build makes pass, and by itself afterwards', async () => {
    work = (job, call) => (call < 5 ? goOn(job, `look ${call}`) : succeed(job));
    const build = async () => {
      await realSleep(30);
      await clock.elapse(45_000);
      await realSleep(30);
      await clock.elapse(20_000);
      await realSleep(30);
    };
    let ended = 0;
    const parallelWork = build().then(() => {
      ended = (clock.now() - START) / 1_000;
    });
    await run({ parallelWork });
    expect(ended).toBe(65);
    expect(calls.map(({ at }) => at)).toEqual([0, 30, 60, 90, 120]);
  });

  test('the action can end before the build', async () => {
    work = (job) => succeed(job);
    await run({ parallelWork: new Promise(() => {}) });
    expect(clock.now()).toBe(START);
  });
});

test('without a result the action fails after 20 minutes, and a late result is refused', async () => {
  let late: unknown;
  work = async (job) => {
    void clock.spawn(
      async () => {
        await clock.sleep(21 * MINUTE);
        late = await succeed(job).catch((error: Error) => error.name);
      },
      { daemon: true },
    );
  };
  expect(await run()).toMatchObject({
    type: 'failed',
    message: expect.stringMatching(/^The AWS Lambda function canary failed to return a result\./),
  });
  expect(clock.now() - START).toBe(20 * MINUTE);
  await clock.elapse(2 * MINUTE);
  expect(late).toBe('InvalidJobStateException');
});

test('a function that always returns a continuation token fails the action within 24 hours', async () => {
  work = async (job) => {
    await clock.sleep(19 * MINUTE);
    // The last result comes too late.
    await goOn(job, 'still').catch((error: Error) => expect(error.name).toBe('InvalidJobStateException'));
  };
  expect(await run()).toMatchObject({ type: 'failed', message: 'The action has not ended within 24 hours.' });
  const hours = (clock.now() - START) / (60 * MINUTE);
  expect(hours).toBeGreaterThan(23.5);
  expect(hours).toBeLessThanOrEqual(24);
  await clock.elapse(20 * MINUTE);
});

test('a function that does not exist fails the action', async () => {
  const { codePipeline, lambda } = world.region(HOME);
  const actions = new LambdaInvokeActions({ clock, region: () => ({ codePipeline, lambda }) });
  expect(await actions.run(ACTION, context)).toMatchObject({
    type: 'failed',
    message: expect.stringMatching(/^The AWS Lambda function canary cannot be invoked: Function not found/),
  });
});

test('a variable that is not set is reported before the function is invoked', async () => {
  await expect(run({ variables: new Variables() })).rejects.toThrow(UnresolvedVariable);
  expect(calls).toEqual([]);
});
