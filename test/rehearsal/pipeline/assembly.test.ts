import { readPipeline } from '../../../rehearsal/pipeline/assembly';
import type { DeployedResource } from '../../../rehearsal/pipeline/intrinsics';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { action, BUILDSPEC, project, writeAssembly } from './cloud-assembly';

const HOME = { accountId: '111111111111', region: 'eu-central-1' };
const SOURCE = action(
  'CodeStarSourceConnection',
  'GitHub',
  {
    FullRepositoryId: 'owner/name',
    BranchName: 'main',
    ConnectionArn: { 'Fn::GetAtt': ['Connection', 'ConnectionArn'] },
  },
  { OutputArtifacts: [{ Name: 'Source' }] },
);
const CONNECTION = { Type: 'AWS::CodeConnections::Connection', Properties: { ConnectionName: 'github' } };

let scratch: Scratch;

beforeEach(async () => {
  scratch = await Scratch.open({ grace: 100 });
});

afterEach(() => scratch.close());

async function read(...assembly: Parameters<typeof writeAssembly> extends [string, ...infer Rest] ? Rest : never) {
  await writeAssembly(scratch.path, ...assembly);
  return readPipeline(scratch.path, HOME);
}

test('a pipeline is read with its intrinsic functions resolved', async () => {
  const cache = { Type: 'S3', Location: { 'Fn::Join': ['/', [{ Ref: 'Cache' }, { Ref: 'AWS::NoValue' }]] } };
  const pipeline = await read(
    {
      Source: [SOURCE],
      Build: [
        action(
          'CodeBuild',
          'Build',
          {
            ProjectName: { Ref: 'Project' },
            EnvironmentVariables: JSON.stringify([{ name: 'COMMIT', type: 'PLAINTEXT', value: '#{Source.CommitId}' }]),
          },
          { InputArtifacts: [{ Name: 'Source' }], OutputArtifacts: [{ Name: 'Output' }], Namespace: 'Built' },
        ),
      ],
    },
    {
      Connection: CONNECTION,
      Cache: { Type: 'AWS::S3::Bucket' },
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'builds' } },
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'builder', Path: '/release/' } },
      Project: project({
        Cache: cache,
        TimeoutInMinutes: 30,
        LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: { Ref: 'Logs' } } },
        Environment: {
          Image: 'aws/codebuild/standard:7.0',
          EnvironmentVariables: [
            {
              Name: 'TOPIC',
              Value: { 'Fn::Sub': `arn:\${AWS::Partition}:sns:\${AWS::Region}:\${AWS::AccountId}:alarms` },
            },
          ],
        },
      }),
    },
    { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, ArtifactStore: { Type: 'S3', Location: 'artifacts' } },
  );
  expect(pipeline).toMatchObject({
    name: 'service',
    stackName: 'PipelineStack',
    roleArn: 'arn:aws:iam::111111111111:role/release/builder',
    artifactBucket: 'artifacts',
  });
  expect(pipeline.stages[0]!.actions[0]).toMatchObject({
    type: 'Source',
    repository: 'owner/name',
    connectionArn: 'arn:aws:codeconnections:eu-central-1:111111111111:connection/github',
    outputs: ['Source'],
  });
  expect(pipeline.stages[1]!.actions[0]).toMatchObject({
    type: 'CodeBuild',
    stage: 'Build',
    namespace: 'Built',
    primarySource: 'Source',
    environment: [{ name: 'COMMIT', value: '#{Source.CommitId}' }],
    project: {
      logicalId: 'Project',
      name: 'PipelineStack-Project',
      buildSpec: BUILDSPEC,
      environment: [{ name: 'TOPIC', value: 'arn:aws:sns:eu-central-1:111111111111:alarms' }],
      roleArn: 'arn:aws:iam::111111111111:role/release/builder',
      timeoutMinutes: 30,
      cache: 'pipelinestack-cache#Project',
      logGroup: 'builds',
    },
  });
});

const CANARY = action(
  'Lambda',
  'Canary',
  {
    FunctionName: { Ref: 'Function' },
    UserParameters: { 'Fn::Join': ['', ['{"role":"', { 'Fn::GetAtt': ['Role', 'Arn'] }, '","stack":"shop"}']] },
  },
  { Namespace: 'Outcome' },
);
const FUNCTION = { Type: 'AWS::Lambda::Function', Properties: {} };

test('a Lambda action is read with its parameters', async () => {
  const pipeline = await read({ prod: [CANARY] }, { Function: FUNCTION });
  expect(pipeline.stages[0]!.actions).toMatchObject([
    {
      type: 'Lambda',
      functionName: 'PipelineStack-Function',
      userParameters: '{"role":"arn:aws:iam::111111111111:role/PipelineStack-Role","stack":"shop"}',
      namespace: 'Outcome',
    },
  ]);
});

test('parameters that are longer than CodePipeline allows are refused', async () => {
  const long = action('Lambda', 'Canary', { FunctionName: 'f', UserParameters: 'x'.repeat(1_001) });
  await expect(read({ prod: [long] })).rejects.toThrow('UserParameters is "xxx');
  await expect(read({ prod: [long] })).rejects.toThrow('has 1001 characters, CodePipeline allows 1000; shorten it');
});

test('all names and attributes of a deployed stack are resolved', async () => {
  await writeAssembly(scratch.path, { prod: [CANARY] }, { Function: FUNCTION });
  const deployed = new Map<string, DeployedResource>([
    ['Function', { id: 'canary-6TZ1', attributes: {} }],
    ['Role', { id: 'Role-8Q', attributes: { Arn: 'arn:role-8Q' } }],
    ['Pipeline', { id: 'service', attributes: {} }],
  ]);
  const pipeline = await readPipeline(scratch.path, HOME, deployed);
  expect(pipeline.stages[0]!.actions).toMatchObject([
    { functionName: 'canary-6TZ1', userParameters: '{"role":"arn:role-8Q","stack":"shop"}' },
  ]);
});

test('a stack’s actions are read with the path of the template in its artifact', async () => {
  const stack = {
    StackName: 'service-staging-release',
    Capabilities: 'CAPABILITY_NAMED_IAM,CAPABILITY_AUTO_EXPAND',
    TemplatePath: 'Output::assembly-PipelineStack-staging/Release.template.json',
    RoleArn: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/cfn` },
  };
  const change = { ChangeSetName: 'PipelineChange' };
  const pipeline = await read({
    staging: [
      action('CloudFormation', 'Prepare', { ...stack, ...change, ActionMode: 'CHANGE_SET_REPLACE' }),
      action(
        'CloudFormation',
        'Deploy',
        { StackName: 'x', ...change, ActionMode: 'CHANGE_SET_EXECUTE' },
        { RunOrder: 2 },
      ),
    ],
    prod: [action('CloudFormation', 'Deploy', { ...stack, ActionMode: 'CREATE_UPDATE' })],
  });
  const [prepare, deploy, update] = pipeline.stages.flatMap(({ actions }) => actions);
  const template = { artifact: 'Output', path: 'assembly-PipelineStack-staging/Release.template.json' };
  expect(prepare).toMatchObject({
    type: 'ReplaceChangeSet',
    template,
    changeSetName: 'PipelineChange',
    capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    executionRoleArn: 'arn:aws:iam::111111111111:role/cfn',
  });
  expect(deploy).toMatchObject({ type: 'ExecuteChangeSet', runOrder: 2, stackName: 'x' });
  expect(update).toMatchObject({ type: 'CreateUpdateStack', template, stackName: 'service-staging-release' });
});

test('CDK’s self-update is recognised by its stage', async () => {
  const build = action(
    'CodeBuild',
    'SelfMutate',
    { ProjectName: { Ref: 'Project' } },
    { InputArtifacts: [{ Name: 'O' }] },
  );
  const pipeline = await read({ UpdatePipeline: [build] });
  expect(pipeline.stages[0]!.actions[0]).toMatchObject({ type: 'SelfMutation', inputs: ['O'] });
});

test('everything that cannot be rehearsed is reported at once, with its path', async () => {
  const reading = read(
    {
      Source: [action('S3', 'Bucket', {}), { ...SOURCE, TimeoutInMinutes: 5 }],
      Approve: [action('Manual', 'Approve', {})],
      Build: [
        action(
          'CodeBuild',
          'Build',
          {
            ProjectName: { Ref: 'Project' },
            BatchEnabled: true,
            EnvironmentVariables: JSON.stringify([{ name: 'TOKEN', type: 'SECRETS_MANAGER', value: 'x' }]),
          },
          { InputArtifacts: [{ Name: 'Source' }] },
        ),
      ],
      Assets: [
        action('CodeBuild', 'FileAsset1', { ProjectName: { Ref: 'Project' } }, { InputArtifacts: [{ Name: 'O' }] }),
      ],
      staging: [action('CloudFormation', 'Delete', { ActionMode: 'DELETE_ONLY', StackName: 'x' })],
    },
    {
      Connection: CONNECTION,
      Project: project({ VpcConfig: {}, ServiceRole: { 'Fn::ImportValue': 'role' }, Cache: { Type: 'LOCAL' } }),
    },
    { Variables: [] },
  );
  await expect(reading).rejects.toThrow(
    [
      `cannot rehearse the pipeline in ${scratch.path}/PipelineStack.template.json:`,
      '  Resources.Pipeline.Properties.Variables is []: not supported by a rehearsal; remove the property',
      '  Resources.Pipeline.Properties.Stages[0].Actions[0].ActionTypeId is "Invoke/S3": action \'Bucket\' cannot be rehearsed, only actions of CodeStarSourceConnection, CodeBuild, CloudFormation and Lambda can',
      '  Resources.Pipeline.Properties.Stages[0].Actions[1].TimeoutInMinutes is 5: not supported by a rehearsal; remove the property',
      '  Resources.Pipeline.Properties.Stages[1].Actions[0].ActionTypeId is "Invoke/Manual": action \'Approve\' cannot be rehearsed, only actions of CodeStarSourceConnection, CodeBuild, CloudFormation and Lambda can',
      '  Resources.Project.Properties.VpcConfig is {}: not supported by a rehearsal; remove the property',
      '  Resources.Project.Properties.Cache.Type is "LOCAL": use S3, because a local cache is lost with its build host',
      '  Resources.Project.Properties.ServiceRole is {"Fn::ImportValue":"role"}: only Ref, Fn::GetAtt, Fn::Join and Fn::Sub can be resolved before deployment',
      '  Resources.Pipeline.Properties.Stages[2].Actions[0].Configuration.EnvironmentVariables[0].type is "SECRETS_MANAGER": TOKEN: only PLAINTEXT variables can be rehearsed',
      '  Resources.Pipeline.Properties.Stages[2].Actions[0].Configuration.BatchEnabled is true: not supported by a rehearsal; remove the setting',
      "  Resources.Pipeline.Properties.Stages[3].Actions[0]: action 'FileAsset1' cannot be rehearsed, because a rehearsal publishes no assets; use stacks without assets",
      '  Resources.Pipeline.Properties.Stages[4].Actions[0].Configuration.ActionMode is "DELETE_ONLY": only CREATE_UPDATE, CHANGE_SET_REPLACE and CHANGE_SET_EXECUTE can be rehearsed',
    ].join('\n'),
  );
});

test('an assembly that was not synthesised is refused with the remedy', async () => {
  await expect(readPipeline(scratch.path, HOME)).rejects.toThrow(
    /manifest.json; synthesise the app first \(npx cdk synth\)$/,
  );
});
