import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  InvalidJobStateException,
  JobNotFoundException,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  OutputVariablesSizeExceededException,
  PipelineExecutionNotFoundException,
  PipelineNotFoundException,
  PutJobFailureResultCommand,
  type PutJobFailureResultCommandInput,
  PutJobSuccessResultCommand,
  type PutJobSuccessResultCommandInput,
  RetryStageExecutionCommand,
  ValidationException,
} from '@aws-sdk/client-codepipeline';
import { VirtualClock } from '../../embedded-aws/clock';
import { CodePipeline } from '../../embedded-aws/codepipeline/codepipeline';
import { Endpoint } from '../../embedded-aws/endpoint';
import type { AwsEvent } from '../../embedded-aws/events/event';
import { Random } from '../../embedded-aws/random';
import { authorizeUsers } from '../support/administrator';
import { scope } from './pipeline-world';

let clock: VirtualClock;
let pipelines: CodePipeline;
let endpoint: Endpoint;
let client: CodePipelineClient;
let events: AwsEvent[];

const execution = { pipeline: 'shop', executionId: 'e-1' };
const owner = { ...execution, stage: 'prod', action: 'Canary' };
const canary = { ...owner, actionExecutionId: 'a-canary', category: 'Invoke', provider: 'Lambda' };
const deploy = { ...owner, action: 'Deploy', actionExecutionId: 'a-deploy', category: 'Build', provider: 'CodeBuild' };

beforeEach(async () => {
  clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  events = [];
  pipelines = new CodePipeline({ scope, clock, random: new Random(1), onEvent: (event) => events.push(event) });
  endpoint = new Endpoint({
    service: () => pipelines.api,
    authenticate: () => ({ ...scope, arn: 'arn:aws:iam::x' }),
    authorize: authorizeUsers,
  });
  await endpoint.listen();
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  client = new CodePipelineClient({ endpoint: endpoint.url, region: scope.region, credentials, maxAttempts: 1 });
});
afterEach(() => endpoint.close());

const job = (more: object = {}) => pipelines.createJob({ ...owner, functionName: 'shop-canary', ...more });
const succeed = (jobId: string, more: Partial<PutJobSuccessResultCommandInput> = {}) =>
  client.send(new PutJobSuccessResultCommand({ jobId, ...more }));
const fail = (jobId: string, failureDetails: Partial<PutJobFailureResultCommandInput['failureDetails']> = {}) =>
  client.send(
    new PutJobFailureResultCommand({ jobId, failureDetails: { type: 'JobFailed', message: 'no', ...failureDetails } }),
  );
const list = async (pipelineExecutionId?: string) =>
  (await client.send(new ListActionExecutionsCommand({ pipelineName: 'shop', filter: { pipelineExecutionId } })))
    .actionExecutionDetails;

describe('jobs', () => {
  test('the event is that of a Lambda invoke action', () => {
    const { id, event } = job({ userParameters: '{"stack":"shop-prod"}' });
    expect(event).toEqual({
      'CodePipeline.job': {
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        accountId: scope.accountId,
        data: {
          actionConfiguration: {
            configuration: { FunctionName: 'shop-canary', UserParameters: '{"stack":"shop-prod"}' },
          },
          inputArtifacts: [],
          outputArtifacts: [],
          artifactCredentials: {
            accessKeyId: expect.stringMatching(/^ASIA/),
            secretAccessKey: expect.any(String),
            sessionToken: expect.any(String),
            expirationTime: clock.now() + 3_600_000,
          },
        },
      },
    });
    expect(event['CodePipeline.job'].id).toBe(id);
    expect(job({ continuationToken: 'look 2' }).event['CodePipeline.job'].data.continuationToken).toBe('look 2');
    expect(() => job({ userParameters: 'x'.repeat(1_001) })).toThrow('less than or equal to 1000');
  });

  test('an action continues with a continuation token, and shows what its jobs have reported', async () => {
    pipelines.executionChanged({ ...execution, state: 'STARTED' });
    pipelines.actionChanged({ ...canary, state: 'STARTED' });
    const { id, answer } = job();
    const executionDetails = { summary: '10 % on v7', percentComplete: 40, externalExecutionId: 'd-1' };
    await clock.elapse(30_000);
    await succeed(id, { continuationToken: 'look 2', executionDetails });
    expect(await answer).toEqual({ type: 'continues', continuationToken: 'look 2', details: executionDetails });
    expect(await list()).toMatchObject([
      {
        status: 'InProgress',
        lastUpdateTime: clock.date(),
        output: { executionResult: { externalExecutionId: 'd-1', externalExecutionSummary: '10 % on v7' } },
      },
    ]);
    const { stageStates } = await client.send(new GetPipelineStateCommand({ name: 'shop' }));
    expect(stageStates).toEqual([]);
    pipelines.stageChanged({ ...execution, stage: 'prod', state: 'STARTED' });
    expect(await client.send(new GetPipelineStateCommand({ name: 'shop' }))).toMatchObject({
      stageStates: [
        {
          stageName: 'prod',
          latestExecution: { pipelineExecutionId: 'e-1', status: 'InProgress' },
          actionStates: [
            {
              actionName: 'Canary',
              latestExecution: { summary: '10 % on v7', percentComplete: 40, status: 'InProgress' },
            },
          ],
        },
      ],
    });
  });

  test('a job ends with output variables, or with a message', async () => {
    const good = job();
    await succeed(good.id, { executionDetails: { summary: 'released' }, outputVariables: { OUTCOME: 'released' } });
    expect(await good.answer).toEqual({
      type: 'succeeded',
      details: { summary: 'released' },
      outputVariables: { OUTCOME: 'released' },
    });
    const bad = job();
    await fail(bad.id, { message: 'rolled back', externalExecutionId: 'd-1' });
    expect(await bad.answer).toEqual({
      type: 'failed',
      failure: { type: 'JobFailed', message: 'rolled back', externalExecutionId: 'd-1' },
    });
  });

  test('each accepts one result, in time', async () => {
    const { id } = job();
    await fail(id);
    await expect(succeed(id)).rejects.toThrow(InvalidJobStateException);
    const late = job();
    pipelines.abandonJob(late.id);
    await expect(succeed(late.id)).rejects.toThrow(InvalidJobStateException);
    await expect(fail('00000000-0000-0000-0000-000000000000')).rejects.toThrow(JobNotFoundException);
  });

  test('a result as long as the limits is accepted', async () => {
    const executionDetails = { summary: 'x'.repeat(2_048), percentComplete: 0, externalExecutionId: 'x'.repeat(1_500) };
    await succeed(job().id, { continuationToken: 'x'.repeat(2_048), executionDetails });
    await succeed(job().id, { outputVariables: { a: 'x'.repeat(122_879) } });
    await fail(job().id, { message: 'x'.repeat(5_000) });
  });

  test.each<[string, (id: string) => Promise<unknown>]>([
    [
      "2 validation errors detected: Value '' at 'executionDetails.summary' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '101' at 'executionDetails.percentComplete' failed to satisfy constraint: Member must have value less than or equal to 100",
      (id) => succeed(id, { executionDetails: { summary: '', percentComplete: 101 } }),
    ],
    [
      "at 'executionDetails.summary' failed to satisfy constraint: Member must have length less than or equal to 2048",
      (id) => succeed(id, { executionDetails: { summary: 'x'.repeat(2_049) } }),
    ],
    [
      "at 'continuationToken' failed to satisfy constraint: Member must have length less than or equal to 2048",
      (id) => succeed(id, { continuationToken: 'x'.repeat(2_049) }),
    ],
    [
      "at 'executionDetails.externalExecutionId' failed to satisfy constraint: Member must have length less than or equal to 1500",
      (id) => succeed(id, { executionDetails: { externalExecutionId: 'x'.repeat(1_501) } }),
    ],
    [
      'only when there is no continuation token',
      (id) => succeed(id, { continuationToken: 'next', outputVariables: { a: '1' } }),
    ],
    ["Value 'a b' at 'outputVariables'", (id) => succeed(id, { outputVariables: { 'a b': '1' } })],
    ["Value null at 'jobId' failed to satisfy constraint: Member must not be null", () => succeed(undefined as never)],
    ["Value 'x' at 'jobId' failed to satisfy constraint", () => succeed('x')],
    [
      "at 'failureDetails.message' failed to satisfy constraint: Member must have length less than or equal to 5000",
      (id) => fail(id, { message: 'x'.repeat(5_001) }),
    ],
    [
      "at 'failureDetails.message' failed to satisfy constraint: Member must have length greater than or equal to 1",
      (id) => fail(id, { message: '' }),
    ],
    [
      "Value 'Alarm' at 'failureDetails.type' failed to satisfy constraint: Member must satisfy enum value set: [JobFailed,",
      (id) => fail(id, { type: 'Alarm' as never }),
    ],
  ])('%s', async (message, attempt) => {
    const { id } = job();
    const refused = await attempt(id).catch((error: Error) => error);
    expect(refused).toBeInstanceOf(ValidationException);
    expect((refused as Error).message).toContain(message);
    // The job is still in progress.
    await succeed(id);
  });

  test('the total size of output variables is limited', async () => {
    await expect(succeed(job().id, { outputVariables: { a: 'x'.repeat(122_880) } })).rejects.toThrow(
      OutputVariablesSizeExceededException,
    );
  });
});

describe('executions', () => {
  beforeEach(async () => {
    pipelines.executionChanged({ ...execution, state: 'STARTED' });
    pipelines.stageChanged({ ...execution, stage: 'prod', state: 'STARTED' });
    pipelines.actionChanged({ ...deploy, state: 'STARTED' });
    await clock.elapse(1_000);
    pipelines.actionChanged({ ...canary, state: 'STARTED' });
    pipelines.actionChanged({ ...deploy, state: 'STARTED', externalExecutionId: 'shop:1' });
  });

  test('actions are listed newest first, with their results', async () => {
    await clock.elapse(60_000);
    const error = { code: 'JobFailed', message: 'rolled back by alarm' };
    pipelines.actionChanged({ ...canary, state: 'FAILED', error });
    pipelines.actionChanged({ ...deploy, state: 'SUCCEEDED', summary: 'done', outputVariables: { BUILD: '1' } });
    expect(await list('e-1')).toEqual([
      {
        pipelineExecutionId: 'e-1',
        actionExecutionId: 'a-canary',
        pipelineVersion: 1,
        stageName: 'prod',
        actionName: 'Canary',
        startTime: new Date('2030-01-01T00:00:01Z'),
        lastUpdateTime: new Date('2030-01-01T00:01:01Z'),
        status: 'Failed',
        input: { actionTypeId: { category: 'Invoke', owner: 'AWS', provider: 'Lambda', version: '1' } },
        output: {
          outputVariables: {},
          executionResult: { externalExecutionSummary: 'rolled back by alarm', errorDetails: error },
        },
      },
      expect.objectContaining({
        actionName: 'Deploy',
        startTime: new Date('2030-01-01T00:00:00Z'),
        status: 'Succeeded',
        output: {
          outputVariables: { BUILD: '1' },
          executionResult: { externalExecutionId: 'shop:1', externalExecutionSummary: 'done' },
        },
      }),
    ]);
    expect(await list('e-2')).toEqual([]);
  });

  test('lists have pages', async () => {
    const page = (nextToken?: string) =>
      client.send(new ListActionExecutionsCommand({ pipelineName: 'shop', maxResults: 1, nextToken }));
    const first = await page();
    const second = await page(first.nextToken);
    const names = [first, second].flatMap((each) => each.actionExecutionDetails?.map(({ actionName }) => actionName));
    expect(names).toEqual(['Canary', 'Deploy']);
    expect(second.nextToken).toBeUndefined();
    await expect(page('x')).rejects.toThrow("the token 'x'");
    const tooMany = client.send(new ListActionExecutionsCommand({ pipelineName: 'shop', maxResults: 101 }));
    await expect(tooMany).rejects.toThrow("Value '101' at 'maxResults'");
  });

  test('a stage that is retried has its actions twice, and its execution another attempt', async () => {
    pipelines.actionChanged({ ...deploy, state: 'FAILED' });
    pipelines.stageChanged({ ...execution, stage: 'prod', state: 'FAILED' });
    pipelines.executionChanged({ ...execution, state: 'FAILED' });
    await clock.elapse(60_000);
    pipelines.executionChanged({ ...execution, state: 'RESUMED' });
    pipelines.actionChanged({ ...deploy, actionExecutionId: 'a-again', state: 'STARTED' });
    expect((await list('e-1'))?.map(({ actionExecutionId }) => actionExecutionId)).toEqual([
      'a-again',
      'a-canary',
      'a-deploy',
    ]);
    expect(events.at(-1)?.detail).toMatchObject({ 'action-execution-id': 'a-again', 'pipeline-execution-attempt': 2 });
  });

  test('executions are listed, newest first', async () => {
    await clock.elapse(1_000);
    pipelines.executionChanged({ ...execution, state: 'FAILED' });
    pipelines.executionChanged({ pipeline: 'shop', executionId: 'e-2', state: 'STARTED' });
    const { pipelineExecutionSummaries } = await client.send(
      new ListPipelineExecutionsCommand({ pipelineName: 'shop' }),
    );
    expect(pipelineExecutionSummaries).toMatchObject([
      { pipelineExecutionId: 'e-2', status: 'InProgress' },
      { pipelineExecutionId: 'e-1', status: 'Failed', startTime: new Date('2030-01-01T00:00:00Z') },
    ]);
    const get = (pipelineExecutionId: string) =>
      client.send(new GetPipelineExecutionCommand({ pipelineName: 'shop', pipelineExecutionId }));
    expect((await get('e-1')).pipelineExecution).toMatchObject({ pipelineVersion: 1, status: 'Failed' });
    await expect(get('e-3')).rejects.toThrow(PipelineExecutionNotFoundException);
    const unknown = client.send(new ListActionExecutionsCommand({ pipelineName: 'shp' }));
    await expect(unknown).rejects.toThrow(PipelineNotFoundException);
  });

  test('every change of state is an event; further details of a running action are not', async () => {
    await clock.elapse(59_000);
    const error = { code: 'JobFailed', message: 'rolled back' };
    pipelines.actionChanged({ ...canary, state: 'FAILED', externalExecutionId: 'd-1', error });
    pipelines.stageChanged({ ...execution, stage: 'prod', state: 'FAILED' });
    pipelines.executionChanged({ ...execution, state: 'FAILED' });
    expect(events.map((event) => [event['detail-type'], (event.detail as { state: string }).state])).toEqual([
      ['CodePipeline Pipeline Execution State Change', 'STARTED'],
      ['CodePipeline Stage Execution State Change', 'STARTED'],
      ['CodePipeline Action Execution State Change', 'STARTED'],
      ['CodePipeline Action Execution State Change', 'STARTED'],
      ['CodePipeline Action Execution State Change', 'FAILED'],
      ['CodePipeline Stage Execution State Change', 'FAILED'],
      ['CodePipeline Pipeline Execution State Change', 'FAILED'],
    ]);
    expect(events.at(-3)).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'CodePipeline Action Execution State Change',
      source: 'aws.codepipeline',
      account: scope.accountId,
      time: '2030-01-01T00:01:00Z',
      region: scope.region,
      resources: ['arn:aws:codepipeline:eu-central-1:111122223333:shop'],
      detail: {
        pipeline: 'shop',
        'execution-id': 'e-1',
        'start-time': '2030-01-01T00:00:01.000Z',
        stage: 'prod',
        'execution-result': {
          'external-execution-summary': 'rolled back',
          'external-execution-id': 'd-1',
          'error-code': 'JobFailed',
        },
        'action-execution-id': 'a-canary',
        action: 'Canary',
        state: 'FAILED',
        region: scope.region,
        type: { owner: 'AWS', provider: 'Lambda', category: 'Invoke', version: '1' },
        version: 1,
        'pipeline-execution-attempt': 1,
      },
    });
    expect(events.at(-2)?.detail).toEqual({
      pipeline: 'shop',
      'execution-id': 'e-1',
      'start-time': '2030-01-01T00:00:00.000Z',
      stage: 'prod',
      state: 'FAILED',
      version: 1,
      'pipeline-execution-attempt': 1,
    });
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  test('an action that runs in another region names the region', async () => {
    const elsewhere = { ...deploy, action: 'Prepare', actionExecutionId: 'a-prepare', region: 'us-east-1' };
    pipelines.actionChanged({ ...elsewhere, state: 'STARTED' });
    expect(events.at(-1)).toMatchObject({ region: 'eu-central-1', detail: { region: 'us-east-1' } });
    expect((await list('e-1'))?.[0]?.input?.region).toBe('us-east-1');
  });

  test('an execution that has not started can neither continue nor end', () => {
    const unknown = { ...execution, executionId: 'e-9' };
    expect(() => pipelines.executionChanged({ ...unknown, state: 'FAILED' })).toThrow('has no execution e-9');
    expect(() => pipelines.stageChanged({ ...unknown, stage: 'prod', state: 'STARTED' })).toThrow('e-9');
    expect(() => pipelines.actionChanged({ ...canary, ...unknown, state: 'STARTED' })).toThrow('e-9');
  });

  test('what is not supported is refused by name', async () => {
    const latest = { pipelineExecutionId: 'e-1', startTimeRange: 'Latest' as const };
    const filtered = client.send(
      new ListActionExecutionsCommand({ pipelineName: 'shop', filter: { latestInPipelineExecution: latest } }),
    );
    await expect(filtered).rejects.toThrow('codepipeline:ListActionExecutions with latestInPipelineExecution');
    const retry = { pipelineName: 'shop', stageName: 'prod', pipelineExecutionId: 'e-1' };
    const retried = client.send(new RetryStageExecutionCommand({ ...retry, retryMode: 'FAILED_ACTIONS' }));
    await expect(retried).rejects.toThrow('codepipeline:RetryStageExecution');
  });
});
