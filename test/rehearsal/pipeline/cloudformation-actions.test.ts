import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ActionContext } from '../../../rehearsal/pipeline/action-runner';
import { ExecuteChangeSetActions, ReplaceChangeSetActions } from '../../../rehearsal/pipeline/actions/change-set';
import { CreateUpdateStackActions } from '../../../rehearsal/pipeline/actions/create-update-stack';
import { Artifacts } from '../../../rehearsal/pipeline/artifacts';
import type { CreateUpdateStackAction } from '../../../rehearsal/pipeline/model';
import { Variables } from '../../../rehearsal/pipeline/variables';
import { Scratch } from '../../../rehearsal/scratch/scratch';
import { SmallWorld, things } from '../../embedded-aws/small-world';
import { aCommit } from './a-commit';

const ACTION: CreateUpdateStackAction = {
  type: 'CreateUpdateStack',
  stage: 'staging',
  name: 'Deploy',
  runOrder: 1,
  inputs: ['Output'],
  outputs: [],
  namespace: undefined,
  roleArn: undefined,
  region: 'eu-central-1',
  stackName: 'app',
  template: { artifact: 'Output', path: 'app.template.json' },
  templateConfiguration: undefined,
  parameters: {},
  capabilities: [],
  executionRoleArn: undefined,
};
const CHANGE = { ...ACTION, changeSetName: 'PipelineChange' };

let world: SmallWorld;
let scratch: Scratch;
let client: CloudFormationClient;
let context: ActionContext;

beforeEach(async () => {
  world = new SmallWorld();
  scratch = await Scratch.open({ grace: 100 });
  client = new CloudFormationClient(await world.open());
  context = {
    pipeline: { name: 'service', stackName: 'PipelineStack', templateFile: 'x', stages: [] },
    executionId: '1',
    commit: aCommit,
    artifacts: new Artifacts(scratch, '1'),
    variables: new Variables(),
    onBuildEvent: () => {},
    onProgress: () => {},
    parallelWork: Promise.resolve(),
  };
});

afterEach(async () => {
  client.destroy();
  await world.close();
  await scratch.close();
});

async function template(...template: Parameters<typeof things>): Promise<void> {
  await write('app.template.json', things(...template).body);
}

async function write(file: string, content: string): Promise<void> {
  await writeFile(join(await context.artifacts.create('Output'), file), content);
}

const props = () => ({ client: () => client });
const createUpdate = (more = {}) => new CreateUpdateStackActions(props()).run({ ...ACTION, ...more }, context);
const prepare = () => new ReplaceChangeSetActions(props()).run({ ...CHANGE, type: 'ReplaceChangeSet' }, context);
const execute = () => new ExecuteChangeSetActions(props()).run({ ...CHANGE, type: 'ExecuteChangeSet' });

describe('CREATE_UPDATE', () => {
  test('creates a stack, updates it, and succeeds without changes', async () => {
    const Outputs = { Url: { Value: { 'Fn::GetAtt': ['A', 'Value'] } } };
    await template({ A: { Value: 'one' } }, { Outputs });
    const created = await createUpdate();
    expect(created).toMatchObject({
      type: 'succeeded',
      summary: 'Stack app is CREATE_COMPLETE',
      externalId: expect.stringMatching(/^arn:aws:cloudformation:eu-central-1:111111111111:stack\/app\//),
      variables: { Url: 'one' },
    });
    await template({ A: { Value: 'two' } }, { Outputs });
    expect(await createUpdate()).toMatchObject({ summary: 'Stack app is UPDATE_COMPLETE', variables: { Url: 'two' } });
    expect(await createUpdate()).toMatchObject({
      type: 'succeeded',
      summary: 'No updates are to be performed',
      variables: { Url: 'two' },
    });
    expect(world.operations).toEqual(['create A', 'update A']);
  });

  test('fails with the reason of the first failure', async () => {
    await template({ A: { Fail: 'no such luck' } });
    expect(await createUpdate()).toEqual({
      type: 'failed',
      code: 'JobFailed',
      message: 'Stack app ended in ROLLBACK_COMPLETE. Reason: A: no such luck',
    });
  });

  test('fails with the error of CloudFormation', async () => {
    await template({ A: { $DependsOn: 'Nobody' } });
    expect(await createUpdate()).toMatchObject({
      type: 'failed',
      code: 'JobFailed',
      message: expect.stringMatching(/^ValidationError: .*Nobody/),
    });
  });

  test('passes the parameters of the configuration file and of the action, with variables resolved', async () => {
    const Parameters = { Kind: { Type: 'String' }, Name: { Type: 'String', Default: 'a' } };
    const Outputs = { Both: { Value: { 'Fn::Sub': '$' + '{Kind} $' + '{Name}' } } };
    await template({ A: {} }, { Parameters, Outputs });
    await write('config.json', JSON.stringify({ Parameters: { Kind: 'file', Name: 'file' }, Tags: { team: 'x' } }));
    context.variables.set('Source', { CommitId: 'abc' });
    const result = await createUpdate({
      templateConfiguration: { artifact: 'Output', path: 'config.json' },
      parameters: { Name: '#{Source.CommitId}' },
    });
    expect(result).toMatchObject({ type: 'succeeded', variables: { Both: 'file abc' } });
  });

  test('an unsupported resource type ends the rehearsal instead of failing the action', async () => {
    await write('app.template.json', JSON.stringify({ Resources: { T: { Type: 'AWS::DynamoDB::Table' } } }));
    await expect(createUpdate()).rejects.toThrow(/AWS::DynamoDB::Table/);
  });
});

describe('change sets', () => {
  test('are created in one action and executed in the next', async () => {
    await template({ A: {} }, { Outputs: { Name: { Value: 'x' } } });
    expect(await prepare()).toMatchObject({ type: 'succeeded', summary: 'Change set PipelineChange is created' });
    expect(world.operations).toEqual([]);
    expect(await execute()).toMatchObject({ type: 'succeeded', variables: { Name: 'x' } });
    expect(world.operations).toEqual(['create A']);
  });

  test('are replaced when created again', async () => {
    await template({ A: {} });
    await prepare();
    await template({ B: {} });
    await prepare();
    await execute();
    expect(world.operations).toEqual(['create B']);
  });

  test('without changes succeed both times and change nothing', async () => {
    await template({ A: {} });
    await prepare();
    await execute();
    expect(await prepare()).toMatchObject({ type: 'succeeded', summary: 'The change set contains no changes' });
    expect(await execute()).toMatchObject({ type: 'succeeded', summary: 'The change set contained no changes' });
    expect(world.operations).toEqual(['create A']);
  });

  test('fail with the reason for the rollback', async () => {
    await template({ A: {} });
    await prepare();
    await execute();
    await template({ A: { FailUpdate: 'alarm active' } });
    await prepare();
    expect(await execute()).toMatchObject({
      type: 'failed',
      message: 'Stack app ended in UPDATE_ROLLBACK_COMPLETE. Reason: A: alarm active',
    });
  });
});
