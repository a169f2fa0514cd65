import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VirtualClock } from '../../../embedded-aws/clock';
import type {
  ActionContext,
  ActionResult,
  ActionRunner,
  ActionRunners,
} from '../../../rehearsal/pipeline/action-runner';
import { SelfMutationActions } from '../../../rehearsal/pipeline/actions/self-mutation';
import { SourceActions } from '../../../rehearsal/pipeline/actions/source';
import { readPipeline } from '../../../rehearsal/pipeline/assembly';
import { Execution } from '../../../rehearsal/pipeline/execution';
import type { Action } from '../../../rehearsal/pipeline/model';
import type { PipelineEvent } from '../../../rehearsal/pipeline/pipeline-event';
import { GitRepository } from '../../../rehearsal/scratch/git';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { aCommit } from './a-commit';
import { action, writeAssembly } from './cloud-assembly';

const HOME = { accountId: '111111111111', region: 'eu-central-1' };

let scratch: Scratch;
let clock: VirtualClock;
let events: PipelineEvent[];
/** What actions do, by name. Actions without an entry succeed. */
let deeds: Record<string, (context: ActionContext) => Promise<Partial<ActionResult> | undefined>>;

beforeEach(async () => {
  scratch = await Scratch.open({ grace: 100 });
  clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  events = [];
  deeds = {};
});

afterEach(() => scratch.close());

const build = (name: string, more = {}) =>
  action('CodeBuild', name, { ProjectName: { Ref: 'Project' } }, { InputArtifacts: [{ Name: 'Output' }], ...more });

const scripted: ActionRunner<Action> = {
  async run({ name }, context) {
    return { type: 'succeeded', summary: name, variables: {}, ...(await deeds[name]?.(context)) } as ActionResult;
  },
};

async function execute(stages: Parameters<typeof writeAssembly>[1], runners: Partial<ActionRunners> = {}) {
  const directory = await scratch.directory('cdk.out');
  await writeAssembly(directory, stages);
  const pipeline = await readPipeline(directory, HOME);
  const execution = new Execution({
    pipeline,
    id: 'e-1',
    commit: aCommit,
    scratch,
    runners: {
      Source: scripted,
      CodeBuild: scripted,
      SelfMutation: scripted,
      CreateUpdateStack: scripted,
      ReplaceChangeSet: scripted,
      ExecuteChangeSet: scripted,
      Lambda: scripted,
      ...runners,
    },
    clock,
    duration: () => 60_000,
    onEvent: (event) => events.push(event),
  });
  return execution.run();
}

function eventLines(): string[] {
  return events.map((event) => {
    const minute = (event.at - Date.parse('2030-01-01T00:00:00Z')) / 60_000;
    const what = 'action' in event ? event.action.name : 'stage' in event ? event.stage : '';
    const how = event.type === 'action-ended' ? event.result.type : 'status' in event ? event.status : '';
    return [minute, event.type, what, how].filter((part) => part !== '').join(' ');
  });
}

test('stages and run orders run in order, and the virtual time of each action passes', async () => {
  const result = await execute({
    Build: [build('Second', { RunOrder: 2 }), build('First')],
    staging: [build('Deploy')],
  });
  expect(eventLines()).toEqual([
    '0 execution-started',
    '0 stage-started Build',
    '0 action-started First',
    '1 action-ended First succeeded',
    '1 action-started Second',
    '2 action-ended Second succeeded',
    '2 stage-ended Build Succeeded',
    '2 stage-started staging',
    '2 action-started Deploy',
    '3 action-ended Deploy succeeded',
    '3 stage-ended staging Succeeded',
    '3 execution-ended Succeeded',
  ]);
  expect(result).toMatchObject({ executionId: 'e-1', commit: aCommit, status: 'Succeeded' });
  expect(result.actions.map(({ action: { name }, started, ended }) => [name, ended - started])).toEqual([
    ['First', 60_000],
    ['Second', 60_000],
    ['Deploy', 60_000],
  ]);
});

test('a failed action ends the execution when the actions that run in parallel have ended', async () => {
  deeds.Bad = async () => ({ type: 'failed', code: 'JobFailed', message: 'no' });
  deeds.Parallel = () => new Promise((resolve) => setTimeout(() => resolve(undefined), 50));
  const result = await execute({
    Build: [build('Bad'), build('Parallel'), build('Later', { RunOrder: 2 })],
    staging: [build('Deploy')],
  });
  expect(result).toMatchObject({ status: 'Failed' });
  expect(result.actions.map(({ action: { name }, result: { type } }) => `${name} ${type}`)).toEqual([
    'Bad failed',
    'Parallel succeeded',
  ]);
  expect(eventLines().slice(-2)).toEqual(['1 stage-ended Build Failed', '1 execution-ended Failed']);
});

test('actions of the same run order can wait for one another', async () => {
  let arrive = () => {};
  const arrived = new Promise<undefined>((resolve) => {
    arrive = () => resolve(undefined);
  });
  deeds.Waits = () => arrived;
  deeds.Arrives = async () => {
    arrive();
    return undefined;
  };
  expect(await execute({ Build: [build('Waits'), build('Arrives')] })).toMatchObject({ status: 'Succeeded' });
});

test('output variables are read by namespace, and a variable that is not set fails the action that reads it', async () => {
  let read = '';
  deeds.Makes = async () => ({ variables: { Url: 'https://x' } });
  deeds.Reads = async ({ variables }) => {
    read = variables.resolve('#{Made.Url} of #{codepipeline.PipelineExecutionId}');
    return undefined;
  };
  deeds.Typo = async ({ variables }) => {
    variables.resolve('#{Made.Uri}');
    return undefined;
  };
  const result = await execute({
    Build: [build('Makes', { Namespace: 'Made' }), build('Reads', { RunOrder: 2 }), build('Typo', { RunOrder: 3 })],
  });
  expect(read).toBe('https://x of e-1');
  expect(result.actions.at(-1)!.result).toEqual({
    type: 'failed',
    code: 'ConfigurationError',
    message: 'no action of this execution has set the variable #{Made.Uri}',
  });
});

test('a Lambda action knows when all parallel actions other than Lambda actions have ended', async () => {
  const canary = (name: string) => action('Lambda', name, { FunctionName: 'f' });
  const seen: string[] = [];
  deeds.Deploy = async () => {
    await new Promise((resolve) => setTimeout(resolve, 40));
    seen.push('Deploy ended');
    return undefined;
  };
  deeds.Canary = async ({ parallelWork }) => {
    seen.push('Canary runs');
    await parallelWork;
    seen.push('Canary goes on alone');
    return undefined;
  };
  deeds.Another = deeds.Canary;
  const result = await execute({ prod: [canary('Canary'), build('Deploy'), canary('Another')] });
  expect(result.status).toBe('Succeeded');
  expect(seen).toEqual(['Canary runs', 'Canary runs', 'Deploy ended', 'Canary goes on alone', 'Canary goes on alone']);
});

test('the progress of an action is reported at once, and recorded with its log', async () => {
  deeds.Deploy = async ({ onProgress, onBuildEvent }) => {
    onProgress({ externalId: 'project:uuid' });
    onBuildEvent({ type: 'output', phase: 'BUILD', line: 'a line' });
    await clock.elapse(60_000);
    onProgress({ summary: '10 % on v2', percentComplete: 12 });
    return undefined;
  };
  const { actions } = await execute({ prod: [build('Deploy')] });
  const at = Date.parse('2030-01-01T00:01:00Z');
  expect(actions[0]).toMatchObject({
    progress: [
      { at, externalId: 'project:uuid' },
      { at: at + 60_000, summary: '10 % on v2', percentComplete: 12 },
    ],
    log: ['a line'],
  });
  expect(eventLines()).toContain('2 action-progress Deploy');
});

test('an action that cannot be rehearsed ends the rehearsal, after the actions that run in parallel', async () => {
  let ended = false;
  deeds.Odd = async () => {
    throw new Error('not supported');
  };
  deeds.Parallel = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    ended = true;
    return undefined;
  };
  await expect(execute({ Build: [build('Odd'), build('Parallel')] })).rejects.toThrow('not supported');
  expect(ended).toBe(true);
});

test('the source action outputs the commit’s files, and variables that identify the commit', async () => {
  const environment = { PATH: process.env.PATH ?? '', HOME: scratch.path };
  const git = (...args: string[]) => scratch.capture({ file: 'git', arguments: args, cwd: scratch.path, environment });
  await git('init', '--quiet', 'person');
  await git(
    '-C',
    'person',
    '-c',
    'user.name=P',
    '-c',
    'user.email=p@x',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    'first',
  );
  const clone = await (await GitRepository.open(join(scratch.path, 'person'), scratch)).clone();
  const commit = await clone.commit({ message: 'second', files: { 'a.txt': 'a' }, date: clock.date() });
  const source = action(
    'CodeStarSourceConnection',
    'GitHub',
    { FullRepositoryId: 'owner/name', BranchName: 'main', ConnectionArn: 'arn:connection' },
    { OutputArtifacts: [{ Name: 'Source' }], Namespace: 'SourceVariables' },
  );
  let seen = '';
  deeds.Build = async ({ artifacts, variables }) => {
    const known = ['CommitId', 'AuthorDate', 'AuthorDisplayName', 'AuthorEmail'];
    const resolved = known.map((name) => variables.resolve(`#{SourceVariables.${name}}`)).join(' ');
    seen = `${resolved} ${await readFile(await artifacts.path('Source', 'a.txt'), 'utf8')}`;
    return undefined;
  };
  const runner = new SourceActions(clone);
  await execute(
    { Source: [source], Build: [build('Build')] },
    { Source: { run: (one, context) => runner.run(one, { ...context, commit }) } },
  );
  expect(seen).toBe(`${commit.id} 2030-01-01T00:00:00Z Rehearsal rehearsal@example.invalid a`);
});

/** @returns The resources with which a pipeline's stack is installed. */
async function installed(...template: Parameters<typeof writeAssembly> extends [string, ...infer Rest] ? Rest : never) {
  const directory = await scratch.directory('installed');
  await writeAssembly(directory, ...template);
  return JSON.parse(await readFile(join(directory, 'PipelineStack.template.json'), 'utf8')).Resources;
}

test('the self-update is reported, not run, and says whether the commit changes the pipeline', async () => {
  const runner = new SelfMutationActions(await installed({ staging: [build('Deploy')] }));
  const summaries = [];
  for (const stages of [['staging'], ['staging'], ['staging', 'prod']]) {
    const all = Object.fromEntries(stages.map((stage) => [stage, [build('Deploy')]]));
    deeds.Build = async ({ artifacts }) => {
      await writeAssembly(await artifacts.create('Output'), all);
      return undefined;
    };
    const result = await execute(
      { Build: [build('Build')], UpdatePipeline: [build('SelfMutate')] },
      { SelfMutation: runner },
    );
    summaries.push(result.actions.at(-1)!.result);
  }
  expect(summaries).toEqual([
    { type: 'reported', summary: 'not run: the pipeline would not change' },
    { type: 'reported', summary: 'not run: the pipeline would not change' },
    {
      type: 'reported',
      summary: 'not run: the pipeline would update itself (Pipeline) and restart with this commit',
    },
  ]);
});

test('every push reports a function of the pipeline that still runs the code of the first commit', async () => {
  const canary = (S3Key: string) => ({
    Canary: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'service-canary', Code: { S3Key } } },
  });
  const runner = new SelfMutationActions(await installed({ staging: [build('Deploy')] }, canary('one.zip')));
  const summaries = [];
  for (const key of ['one.zip', 'two.zip', 'two.zip', 'one.zip']) {
    deeds.Build = async ({ artifacts }) => {
      await writeAssembly(await artifacts.create('Output'), { staging: [build('Deploy')] }, canary(key));
      return undefined;
    };
    const { actions } = await execute(
      { Build: [build('Build')], UpdatePipeline: [build('SelfMutate')] },
      { SelfMutation: runner },
    );
    summaries.push(actions.at(-1)!.result);
  }
  expect(summaries.map((result) => result.type === 'reported' && result.summary)).toEqual([
    'not run: the pipeline would not change',
    'not run: the pipeline would update itself (Canary) and restart with this commit; service-canary still runs the code of the first commit',
    'not run: the pipeline would not change; service-canary still runs the code of the first commit',
    'not run: the pipeline would update itself (Canary) and restart with this commit',
  ]);
});
