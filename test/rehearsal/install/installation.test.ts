import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VirtualClock } from '../../../embedded-aws/clock';
import { Random } from '../../../embedded-aws/random';
import { World } from '../../../embedded-aws/world';
import { install } from '../../../rehearsal/install/installation';
import type { ActionProgress } from '../../../rehearsal/pipeline/action-runner';
import { LambdaInvokeActions } from '../../../rehearsal/pipeline/actions/lambda-invoke';
import { Artifacts } from '../../../rehearsal/pipeline/artifacts';
import type { LambdaAction } from '../../../rehearsal/pipeline/model';
import { Variables } from '../../../rehearsal/pipeline/variables';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { aCommit } from '../pipeline/a-commit';

const HOME = { accountId: '111111111111', region: 'eu-central-1', partition: 'aws' };
const SCOPE = { accountId: HOME.accountId, region: HOME.region };
// biome-ignore lint/suspicious/noTemplateCurlyInString: as CDK writes it
const BUCKET = 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}';

/** Dies in the first and the second invocation, and reports its result in the third. */
const CODE = `
const { CodePipelineClient, PutJobSuccessResultCommand } = require('@aws-sdk/client-codepipeline');
const { existsSync, writeFileSync } = require('node:fs');
exports.handler = async (event) => {
  for (const mark of ['/once', '/twice']) {
    if (existsSync(process.env.MARKS + mark)) continue;
    writeFileSync(process.env.MARKS + mark, '');
    process.exit(1);
  }
  const { id: jobId } = event['CodePipeline.job'];
  await new CodePipelineClient().send(new PutJobSuccessResultCommand({ jobId, executionDetails: { summary: 'alive' } }));
};`;

const role = (more: object) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
    ...more,
  },
});

let scratch: Scratch;
let clock: VirtualClock;
let world: World;
let directory: string;

beforeEach(async () => {
  scratch = await Scratch.open({ grace: 100 });
  clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  world = new World({ clock, random: new Random(1), directory: await scratch.directory('aws') });
  await world.open();
  directory = await scratch.directory('cdk.out');
});

afterEach(async () => {
  await world.close();
  await scratch.close();
});

/** Writes the assembly of a stack like `cdk synth`, with a function's code as its second asset. */
async function write(Resources: object, manifest: object = {}): Promise<void> {
  const asset = (path: string, packaging: string, objectKey: string) => ({
    source: { path, packaging },
    destinations: { here: { bucketName: BUCKET, objectKey } },
  });
  const files = {
    'manifest.json': {
      artifacts: {
        'PipelineStack.assets': { type: 'cdk:asset-manifest', properties: { file: 'PipelineStack.assets.json' } },
        PipelineStack: {
          type: 'aws:cloudformation:stack',
          environment: 'aws://unknown-account/unknown-region',
          dependencies: ['PipelineStack.assets'],
          properties: { templateFile: 'p.json', stackTemplateAssetObjectUrl: `s3://${BUCKET}/template.json` },
        },
      },
    },
    'PipelineStack.assets.json': {
      files: { a: asset('p.json', 'file', 'template.json'), b: asset('asset.b', 'zip', 'b.zip') },
      ...manifest,
    },
    'p.json': { Resources },
  };
  for (const [name, content] of Object.entries(files)) await writeText(name, JSON.stringify(content));
  await writeText('asset.b/index.js', CODE);
  await writeText('asset.b/lib/more.js', '');
}

async function writeText(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, name)), { recursive: true });
  await writeFile(join(directory, name), text);
}

const installed = () => install({ world, clock, directory, stackName: 'PipelineStack', home: HOME });

test('the pipeline’s stack is deployed with its assets, and the names of its resources are returned', async () => {
  await write({ Custom: role({ RoleName: 'service-canary' }), Invented: role({}) });
  const deployed = await installed();
  expect(deployed.get('Custom')).toMatchObject({
    id: 'service-canary',
    attributes: { Arn: 'arn:aws:iam::111111111111:role/service-canary' },
  });
  expect(deployed.get('Invented')!.id).toMatch(/^PipelineStack-Invented-[A-Z0-9]{12}$/);
  expect(world.region(SCOPE).cloudFormation.stack('PipelineStack')?.status).toBe('CREATE_COMPLETE');
  expect(clock.now()).toBeGreaterThan(Date.parse('2030-01-01T00:00:00Z'));
  const assets = world.buckets.bucket('cdk-hnb659fds-assets-111111111111-eu-central-1').objects;
  expect([...assets.keys()]).toEqual(['template.json', 'b.zip']);
});

test('when a stack does not reach CREATE_COMPLETE, the error has the first failure', async () => {
  await write({ First: role({ RoleName: 'taken' }), Second: { ...role({ RoleName: 'taken' }), DependsOn: 'First' } });
  await expect(installed()).rejects.toThrow(
    'stack PipelineStack ended in ROLLBACK_COMPLETE: Second (AWS::IAM::Role): Role with name taken already exists.',
  );
});

test('a stack is updated by a second installation, but no resource that keeps its name is replaced', async () => {
  const boundary = (Description: string) => ({
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      ManagedPolicyName: 'boundary',
      Description,
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
      },
    },
  });
  await write({ Boundary: boundary('of one pipeline') });
  await installed();
  await write({ Boundary: boundary('of one pipeline'), Custom: role({ RoleName: 'service-canary' }) });
  expect((await installed()).get('Custom')!.id).toBe('service-canary');
  await write({ Boundary: boundary('of another pipeline'), Custom: role({ RoleName: 'service-canary' }) });
  await expect(installed()).rejects.toThrow(
    'stack PipelineStack ended in UPDATE_ROLLBACK_COMPLETE: Boundary (AWS::IAM::ManagedPolicy): CloudFormation cannot ' +
      'update a stack when a custom-named resource requires replacing. Rename boundary and update the stack again.',
  );
});

test('unsupported resource types and assets are refused by name', async () => {
  await write({ Cluster: { Type: 'AWS::ECS::Cluster' } });
  await expect(installed()).rejects.toThrow(/^stack PipelineStack cannot be deployed: .*AWS::ECS::Cluster/);
  await write({ Role: role({}) }, { dockerImages: { c: {} } });
  await expect(installed()).rejects.toThrow('PipelineStack.assets.json has container images');
});

test('Lambda retries an installed function that dies twice, and its action succeeds', async () => {
  const Statement = { Effect: 'Allow', Action: 'codepipeline:PutJobSuccessResult', Resource: '*' };
  await write({
    Role: role({ Policies: [{ PolicyName: 'reports', PolicyDocument: { Statement } }] }),
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'canary',
        Code: { S3Bucket: 'cdk-hnb659fds-assets-111111111111-eu-central-1', S3Key: 'b.zip' },
        Environment: { Variables: { MARKS: scratch.path } },
        Handler: 'index.handler',
        Runtime: 'nodejs20.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      },
    },
  });
  await installed();
  const action = { type: 'Lambda', stage: 'prod', name: 'Canary', functionName: 'canary' } as LambdaAction;
  const began = clock.now();
  const progress: ActionProgress[] = [];
  const result = await new LambdaInvokeActions({ clock, region: () => world.region(SCOPE) }).run(action, {
    pipeline: { name: 'service', stackName: 'PipelineStack', templateFile: 'p.json', stages: [] },
    executionId: 'e-1',
    commit: aCommit,
    artifacts: new Artifacts(scratch, 'e-1'),
    variables: new Variables(),
    onBuildEvent: () => {},
    onProgress: (each) => progress.push(each),
    parallelWork: Promise.resolve(),
  });
  expect(result).toEqual({ type: 'succeeded', summary: 'alive', variables: {} });
  expect(progress).toEqual([]);
  // One minute and two, between Lambda's three attempts.
  expect(clock.now() - began).toBeGreaterThan(3 * 60_000);
  expect(clock.now() - began).toBeLessThan(4 * 60_000);
});

test('a support stack in another region is deployed before the pipeline’s stack, with its template in the body', async () => {
  await write({ Role: role({ RoleName: 'own' }) });
  const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'));
  manifest.artifacts.PipelineStack.dependencies.push('Support');
  manifest.artifacts.Support = {
    type: 'aws:cloudformation:stack',
    environment: 'aws://unknown-account/us-west-2',
    properties: { templateFile: 's.json' },
  };
  await writeText('manifest.json', JSON.stringify(manifest));
  await writeText('s.json', JSON.stringify({ Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } }));
  await install({ world, clock, directory, stackName: 'PipelineStack', home: HOME });
  const support = world.region({ ...SCOPE, region: 'us-west-2' }).cloudFormation.stack('Support');
  expect(support?.status).toBe('CREATE_COMPLETE');
});
