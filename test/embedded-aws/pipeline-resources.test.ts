import { CodePipelineClient, GetPipelineExecutionCommand, GetPipelineStateCommand } from '@aws-sdk/client-codepipeline';
import type { Properties } from '../../embedded-aws/resource-type';
import { PipelineWorld } from './pipeline-world';

let world: PipelineWorld;
let config: Awaited<ReturnType<PipelineWorld['open']>>;

beforeEach(async () => {
  world = new PipelineWorld();
  config = await world.open();
});
afterEach(() => world.close());

const connection = {
  Type: 'AWS::CodeConnections::Connection',
  Properties: { ConnectionName: 'github', ProviderType: 'GitHub' },
};
const project = { Type: 'AWS::CodeBuild::Project', Properties: { Source: { Type: 'CODEPIPELINE' }, ServiceRole: 'r' } };
const key = { Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation: true, KeyPolicy: {} } };
const alias = {
  Type: 'AWS::KMS::Alias',
  Properties: { AliasName: 'alias/artifacts', TargetKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
};
const pipeline = (...stages: string[]) => ({
  Type: 'AWS::CodePipeline::Pipeline',
  Properties: {
    RoleArn: 'r',
    Stages: stages.map((Name) => ({
      Name,
      Actions: [{ Name: 'Deploy', Configuration: { Connection: { Ref: 'Connection' } } }],
    })),
  },
});

/** Deploys resources and returns the values of their `Ref` and `Fn::GetAtt`. */
async function physical(resources: Properties) {
  const { stack } = await world.deploy(resources);
  return Object.fromEntries([...stack.resources].map(([id, resource]) => [id, resource.physical]));
}

async function reasons(resources: Properties): Promise<(string | undefined)[]> {
  await world.deploy(resources);
  return world.region.cloudFormation.events('app').map(({ reason }) => reason);
}

test('a stack creates the resources of a pipeline', async () => {
  const made = await physical({
    Connection: connection,
    Build: project,
    Key: key,
    Alias: alias,
    Pipeline: pipeline('Source', 'prod'),
  });
  const arn = (service: string, resource: string) =>
    expect.stringMatching(new RegExp(`^arn:aws:${service}:eu-central-1:111122223333:${resource}$`));
  expect(made.Connection).toEqual({
    id: arn('codeconnections', 'connection/[0-9a-f-]{36}'),
    attributes: {
      ConnectionArn: made.Connection?.id,
      ConnectionStatus: 'PENDING',
      OwnerAccountId: '111122223333',
    },
  });
  expect(made.Build).toEqual({
    id: expect.stringMatching(/^app-Build-/),
    attributes: { Arn: arn('codebuild', `project/${made.Build?.id}`) },
  });
  expect(made.Key).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    attributes: { Arn: arn('kms', `key/${made.Key?.id}`), KeyId: made.Key?.id },
  });
  expect(made.Alias?.id).toBe('alias/artifacts');
  expect(made.Pipeline).toEqual({ id: expect.stringMatching(/^app-Pipeline-/), attributes: { Version: '1' } });

  const state = new GetPipelineStateCommand({ name: made.Pipeline?.id });
  expect(await new CodePipelineClient(config).send(state)).toMatchObject({
    pipelineVersion: 1,
    stageStates: [
      { stageName: 'Source', actionStates: [{ actionName: 'Deploy' }] },
      { stageName: 'prod', actionStates: [{ actionName: 'Deploy' }] },
    ],
  });
});

test("an update keeps names and ids, and increments the pipeline's version", async () => {
  const first = await physical({ Connection: connection, Build: project, Key: key, Pipeline: pipeline('prod') });
  const second = await physical({
    Connection: { ...connection, Properties: { ...connection.Properties, Tags: [{ Key: 'a', Value: 'b' }] } },
    Build: { ...project, Properties: { ...project.Properties, TimeoutInMinutes: 10 } },
    Key: { ...key, Properties: { ...key.Properties, Description: 'artifacts' } },
    Pipeline: pipeline('staging', 'prod'),
  });
  expect(second).toEqual({ ...first, Pipeline: { id: first.Pipeline?.id, attributes: { Version: '2' } } });
});

test('an execution keeps the version of the pipeline with which it started', async () => {
  const { Pipeline } = await physical({ Connection: connection, Pipeline: pipeline('prod') });
  const { codePipeline } = world.region;
  const execution = { pipeline: Pipeline!.id, executionId: 'e-1' };
  codePipeline.executionChanged({ ...execution, state: 'STARTED' });
  await world.deploy({ Connection: connection, Pipeline: pipeline('staging', 'prod') });
  const client = new CodePipelineClient(config);
  const { pipelineVersion } = await client.send(new GetPipelineStateCommand({ name: Pipeline!.id }));
  const get = new GetPipelineExecutionCommand({ pipelineName: Pipeline!.id, pipelineExecutionId: 'e-1' });
  const { pipelineExecution } = await client.send(get);
  expect([pipelineVersion, pipelineExecution?.pipelineVersion]).toEqual([2, 1]);
});

test('names that are taken and keys that do not exist are refused', async () => {
  // With a first deployment, a failed one is rolled back, so that the stack can be updated again.
  await world.deploy({ Key: key });
  const named = (resource: { Type: string; Properties: Properties }, names: Properties) => ({
    ...resource,
    Properties: { ...resource.Properties, ...names },
  });
  expect(
    await reasons({ A: named(project, { Name: 'x' }), B: { ...named(project, { Name: 'x' }), DependsOn: 'A' } }),
  ).toContain('Project already exists: arn:aws:codebuild:eu-central-1:111122223333:project/x');
  expect(await reasons({ A: connection, B: { ...connection, DependsOn: 'A' } })).toContainEqual(
    expect.stringContaining('A connection named github already exists'),
  );
  expect(await reasons({ Alias: named(alias, { TargetKeyId: 'gone' }) })).toContainEqual(
    expect.stringContaining("Key 'gone' does not exist"),
  );
  expect(await reasons({ Key: key, Alias: named(alias, { AliasName: 'alias/aws/s3' }) })).toContainEqual(
    expect.stringContaining("the alias name 'alias/aws/s3' is not valid"),
  );
});

test('properties that are not supported are refused by name', async () => {
  const refused = (resource: { Type: string; Properties: Properties }, property: string) =>
    expect(
      world.deploy({ X: { ...resource, Properties: { ...resource.Properties, [property]: {} } } }),
    ).rejects.toThrow(property);
  await refused(connection, 'HostArn');
  await refused(project, 'VpcConfig');
  await refused(key, 'KeySpec');
  await refused({ Type: 'AWS::CodePipeline::Pipeline', Properties: {} }, 'DisableInboundStageTransitions');
});
