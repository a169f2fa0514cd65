import { VirtualClock } from '../../../embedded-aws/clock';
import { CodePipeline } from '../../../embedded-aws/codepipeline/codepipeline';
import type { AwsEvent } from '../../../embedded-aws/events/event';
import { Random } from '../../../embedded-aws/random';
import type { ActionResult } from '../../../rehearsal/pipeline/action-runner';
import type { Action } from '../../../rehearsal/pipeline/model';
import type { PipelineEvent } from '../../../rehearsal/pipeline/pipeline-event';
import { recorder } from '../../../rehearsal/pipeline/recorder';
import { actionIn } from '../releases';
import { aCommit } from './a-commit';

const PIPELINE = { name: 'service', stackName: 'PipelineStack', templateFile: 'x', stages: [] };

let sent: AwsEvent[];
let codePipeline: CodePipeline;
let record: (event: PipelineEvent) => void;

beforeEach(() => {
  const scope = { accountId: '111111111111', region: 'eu-central-1' };
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  sent = [];
  const onEvent = (event: AwsEvent) => sent.push(event);
  codePipeline = new CodePipeline({ scope, clock, random: new Random(1), onEvent });
  record = recorder({ pipeline: PIPELINE, executionId: 'e-1', codePipeline, random: new Random(2) });
});

const at = 0;
const build = { ...actionIn('Build', 'Build'), type: 'SelfMutation' } as Action;
const ended = (result: ActionResult): PipelineEvent => ({ at, type: 'action-ended', action: build, result });

function start(): void {
  record({ at, type: 'execution-started', executionId: 'e-1', commit: aCommit });
  record({ at, type: 'stage-started', stage: 'Build' });
  record({ at, type: 'action-started', action: build });
}

/** @returns The newest action of ListActionExecutions. */
async function listed(): Promise<unknown> {
  const body = Buffer.from(JSON.stringify({ pipelineName: 'service' }));
  const headers = { 'x-amz-target': 'CodePipeline_20150709.ListActionExecutions' };
  const caller = { accountId: '111111111111', region: 'eu-central-1', arn: 'arn' };
  const request = {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers,
    body,
    caller,
    authorize: () => undefined,
  };
  const response = await codePipeline.api.handle(request);
  return JSON.parse(String(response.body)).actionExecutionDetails[0];
}

test('the states of an execution, its stages and its actions are recorded, with an event for each change', () => {
  start();
  record(ended({ type: 'succeeded', summary: 'done', variables: {} }));
  record({ at, type: 'stage-ended', stage: 'Build', status: 'Succeeded' });
  record({ at, type: 'execution-ended', executionId: 'e-1', status: 'Succeeded' });
  const level = (event: AwsEvent) => event['detail-type'].split(' ')[1];
  expect(sent.map((event) => `${level(event)} ${(event.detail as { state: string }).state}`)).toEqual([
    'Pipeline STARTED',
    'Stage STARTED',
    'Action STARTED',
    'Action SUCCEEDED',
    'Stage SUCCEEDED',
    'Pipeline SUCCEEDED',
  ]);
});

test('the id of a build is recorded as soon as it begins', async () => {
  start();
  expect(await listed()).toMatchObject({ status: 'InProgress', output: { executionResult: {} } });
  record({ at, type: 'action-progress', action: build, externalId: 'project:uuid' });
  expect(await listed()).toMatchObject({
    actionName: 'Build',
    status: 'InProgress',
    output: { executionResult: { externalExecutionId: 'project:uuid' } },
  });
  expect(sent).toHaveLength(3);
});

test('an action’s failure and an action’s variables are recorded', async () => {
  start();
  record(ended({ type: 'failed', code: 'JobFailed', message: 'no', externalId: 'project:uuid' }));
  expect(await listed()).toMatchObject({
    status: 'Failed',
    output: {
      executionResult: { externalExecutionId: 'project:uuid', errorDetails: { code: 'JobFailed', message: 'no' } },
    },
  });
  record(ended({ type: 'succeeded', summary: 'done', variables: { Url: 'https://x' } }));
  expect(await listed()).toMatchObject({ status: 'Succeeded', output: { outputVariables: { Url: 'https://x' } } });
});

test('an action that is only reported counts as succeeded', async () => {
  start();
  record(ended({ type: 'reported', summary: 'not run' }));
  expect(await listed()).toMatchObject({
    status: 'Succeeded',
    output: { executionResult: { externalExecutionSummary: 'not run' } },
  });
});
