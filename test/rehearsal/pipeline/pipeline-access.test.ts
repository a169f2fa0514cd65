import { VirtualClock } from '../../../embedded-aws/clock';
import { Random } from '../../../embedded-aws/random';
import { World } from '../../../embedded-aws/world';
import type { ActionContext, ActionRunner } from '../../../rehearsal/pipeline/action-runner';
import { AuthorizedActions, AuthorizedBuilds } from '../../../rehearsal/pipeline/actions/authorized-actions';
import type { BuildAction, LambdaAction, Pipeline, SourceAction } from '../../../rehearsal/pipeline/model';
import { PipelineAccess } from '../../../rehearsal/pipeline/pipeline-access';

const home = { accountId: '111111111111', region: 'eu-central-1', partition: 'aws' };
const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const pipeline: Pipeline = {
  name: 'service',
  stackName: 'PipelineStack',
  templateFile: 'x',
  roleArn: role('pipeline'),
  artifactBucket: 'artifacts',
  stages: [],
};
const base = { stage: 's', name: 'a', runOrder: 1, inputs: [], outputs: [], namespace: undefined, region: home.region };
const source: SourceAction = {
  ...base,
  type: 'Source',
  outputs: ['Source_Artifact'],
  roleArn: role('source'),
  repository: 'own/repo',
  branch: 'main',
  connectionArn: 'arn:aws:codeconnections:eu-central-1:111111111111:connection/1',
};
const lambda: LambdaAction = {
  ...base,
  type: 'Lambda',
  roleArn: undefined,
  functionName: 'canary',
  userParameters: undefined,
};
const build: BuildAction = {
  ...base,
  type: 'CodeBuild',
  inputs: ['Source_Artifact'],
  roleArn: undefined,
  primarySource: 'Source_Artifact',
  environment: [],
  project: {
    logicalId: 'Project',
    name: 'builder',
    buildSpec: '',
    environment: [],
    image: '',
    roleArn: role('builder'),
    timeoutMinutes: 60,
    cache: 'cache/builds#Project',
  },
};

let world: World;
let access: PipelineAccess;
let ran: unknown[];

const runner: ActionRunner<never> = {
  async run(action) {
    ran.push(action);
    const build = {
      id: 'b',
      status: 'SUCCEEDED' as const,
      failure: undefined,
      exported: {},
      skipped: [],
      reports: REPORTS,
    };
    return { type: 'succeeded', summary: 'done', variables: {}, build };
  },
};
const REPORTS = [{ group: 'jest', tests: 1, failures: 0, skipped: 0, failed: [] }];
const context = {} as ActionContext;

beforeEach(() => {
  ran = [];
  world = new World({ clock: new VirtualClock(new Date(0)), random: new Random(1), directory: '/nowhere' });
  access = new PipelineAccess({ world, home, pipeline });
  for (const service of ['codepipeline', 'codebuild']) {
    make(service === 'codepipeline' ? 'pipeline' : 'builder', {
      Principal: { Service: `${service}.amazonaws.com` },
      Condition: { StringEquals: { 'aws:SourceAccount': home.accountId } },
    });
  }
  make('source', { Principal: { AWS: `arn:aws:iam::${home.accountId}:root` } });
});

function make(name: string, trust: object): void {
  const trustPolicy = { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', ...trust } };
  world.account(home.accountId).createRole({ name, trustPolicy });
}

function grant(name: string, grants: Readonly<Record<string, string>>): void {
  const Statement = Object.entries(grants).map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
  world.account(home.accountId).role(name).inlinePolicies.set('own', { Statement });
}

test('an action runs under its own role, which the pipeline must be allowed to assume', async () => {
  const run = () => new AuthorizedActions(runner as ActionRunner<SourceAction>, access).run(source, context);
  grant('source', {
    'codeconnections:UseConnection': source.connectionArn,
    's3:PutObject': 'arn:aws:s3:::artifacts/*',
  });
  expect(await run()).toMatchObject({
    type: 'failed',
    code: 'PermissionError',
    message: expect.stringContaining(`sts:AssumeRole on resource: ${role('source')}`),
  });
  grant('pipeline', { 'sts:AssumeRole': role('source') });
  expect(await run()).toMatchObject({ type: 'succeeded' });
  expect(ran).toEqual([source]);
  grant('source', { 's3:PutObject': 'arn:aws:s3:::artifacts/*' });
  expect(await run()).toMatchObject({ message: expect.stringContaining('codeconnections:UseConnection') });
  grant('source', { 'codeconnections:UseConnection': source.connectionArn });
  expect(await run()).toMatchObject({
    message: expect.stringContaining('s3:PutObject on resource: arn:aws:s3:::artifacts/service/Source_Art/artifact'),
  });
});

test("an action without a role of its own runs under the pipeline's", async () => {
  const run = () => new AuthorizedActions(runner as ActionRunner<LambdaAction>, access).run(lambda, context);
  const resource = 'arn:aws:lambda:eu-central-1:111111111111:function:canary';
  expect(await run()).toMatchObject({
    message: expect.stringContaining(`lambda:InvokeFunction on resource: ${resource}`),
  });
  grant('pipeline', { 'lambda:InvokeFunction': resource });
  expect(await run()).toMatchObject({ type: 'succeeded' });
});

const LOG = { 'logs:*': 'arn:aws:logs:eu-central-1:111111111111:log-group:/aws/codebuild/builder*' };
const READ = { 's3:GetObject*': 'arn:aws:s3:::artifacts/*' };
const builds = () => new AuthorizedBuilds(runner as ActionRunner<BuildAction>, access).run(build, context);

test.each([
  ['its log', READ, 'logs:CreateLogGroup'],
  ['its input', LOG, 's3:GetObject on resource: arn:aws:s3:::artifacts/service/Source_Art/artifact'],
])('a build whose role lacks the permission for %s fails', async (_, grants: Record<string, string>, message) => {
  grant('builder', grants);
  expect(await builds()).toMatchObject({
    type: 'failed',
    code: 'JobFailed',
    message: expect.stringMatching(new RegExp(`^ACCESS_DENIED: .*${message}`)),
  });
  expect(ran).toEqual([]);
});

test('a build whose role lacks the permissions for the cache and for reports does without them', async () => {
  grant('builder', { ...LOG, ...READ });
  expect(await builds()).toMatchObject({ type: 'succeeded', build: { reports: [] } });
  expect(ran).toMatchObject([{ project: { cache: undefined } }]);

  const cache = { 's3:GetObject': 'arn:aws:s3:::cache/builds/*', 's3:PutObject': 'arn:aws:s3:::cache/builds/*' };
  const reports = { 'codebuild:*': 'arn:aws:codebuild:eu-central-1:111111111111:report-group/builder-*' };
  grant('builder', { ...LOG, 's3:GetObjectVersion': '*', ...cache, ...reports });
  world
    .account(home.accountId)
    .role('builder')
    .inlinePolicies.set('more', {
      Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::artifacts/*' },
    });
  expect(await builds()).toMatchObject({ type: 'succeeded', build: { reports: REPORTS } });
  expect(ran.at(-1)).toMatchObject({ project: { cache: 'cache/builds#Project' } });
});

test('a build with a log group of its own does not create one', async () => {
  const own = { ...build, project: { ...build.project, logGroup: 'builds' } };
  grant('builder', { ...READ, 'logs:CreateLogStream': '*', 'logs:PutLogEvents': '*' });
  const run = (action: BuildAction) =>
    new AuthorizedBuilds(runner as ActionRunner<BuildAction>, access).run(action, context);
  expect(await run(own)).toMatchObject({ type: 'succeeded' });
  expect(await run(build)).toMatchObject({ message: expect.stringContaining('logs:CreateLogGroup') });
});

test('a build of another account is not allowed by the trust policy', async () => {
  grant('builder', { ...LOG, ...READ });
  const trustPolicy = {
    Statement: {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'codebuild.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:codebuild:*:222222222222:project/*' } },
    },
  };
  world.account(home.accountId).updateRole('builder', { trustPolicy });
  expect(await builds()).toMatchObject({ message: expect.stringContaining('no role trust policy allows') });
});
