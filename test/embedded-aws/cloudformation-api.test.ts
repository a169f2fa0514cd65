import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListExportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  type StackEvent,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { SmallWorld, things } from './small-world';

let world: SmallWorld;
let client: CloudFormationClient;

beforeEach(async () => {
  world = new SmallWorld();
  client = new CloudFormationClient(await world.open());
});
afterEach(async () => {
  client.destroy();
  await world.close();
});

const core = JSON.stringify({
  Description: 'as osls makes it',
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: [] } },
    },
  },
  Outputs: { BucketName: { Value: { Ref: 'Bucket' }, Export: { Name: 'bucket' } } },
});

async function settled(StackName: string) {
  for (;;) {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    if (!Stacks?.[0]?.StackStatus?.endsWith('IN_PROGRESS')) return Stacks![0]!;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function create(StackName: string, TemplateBody: string) {
  await client.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }));
  return settled(StackName);
}

const trust = (Service: string) => ({
  Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Principal: { Service } }],
});

test('the calls of a first and a second sls deploy work one after the other', async () => {
  const shared = {
    StackName: 'shop-dev',
    ChangeSetName: 'shop-dev-change-set',
    Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const],
    Parameters: [],
    NotificationARNs: [],
    Tags: [{ Key: 'STAGE', Value: 'dev' }],
  };
  await expect(client.send(new DescribeStacksCommand({ StackName: 'shop-dev' }))).rejects.toThrow(
    'Stack with id shop-dev does not exist',
  );
  await client.send(new CreateChangeSetCommand({ ...shared, ChangeSetType: 'CREATE', TemplateBody: core }));
  const created = await client.send(new DescribeChangeSetCommand(shared));
  expect(created).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(
    created.Changes?.map(({ ResourceChange }) => [ResourceChange?.Action, ResourceChange?.LogicalResourceId]),
  ).toEqual([
    ['Add', 'Bucket'],
    ['Add', 'Policy'],
  ]);
  await client.send(new ExecuteChangeSetCommand(shared));
  expect(await settled(created.StackId!)).toMatchObject({ StackStatus: 'CREATE_COMPLETE', Tags: shared.Tags });

  const { StackResourceDetail } = await client.send(
    new DescribeStackResourceCommand({ StackName: 'shop-dev', LogicalResourceId: 'Bucket' }),
  );
  const bucket = StackResourceDetail!.PhysicalResourceId!;
  expect(bucket).toMatch(/^shop-dev-bucket-[a-z0-9]{12}$/);

  const template = JSON.parse(core);
  template.Resources.Role = {
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: 'r', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') },
  };
  world.buckets.put(bucket, 'serverless/template.json', Buffer.from(JSON.stringify(template)), world.clock.date());
  const TemplateURL = `https://s3.amazonaws.com/${bucket}/serverless/template.json`;
  expect(await client.send(new ValidateTemplateCommand({ TemplateURL }))).toMatchObject({
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
  });
  await client.send(new DeleteChangeSetCommand(shared));
  await client.send(new CreateChangeSetCommand({ ...shared, ChangeSetType: 'UPDATE', TemplateURL }));
  await client.send(new DescribeChangeSetCommand(shared));
  await client.send(new ExecuteChangeSetCommand(shared));
  expect(await settled('shop-dev')).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
    Outputs: [{ OutputKey: 'BucketName', OutputValue: bucket, ExportName: 'bucket' }],
  });
  expect(world.iam.role('r').arn).toBe('arn:aws:iam::111111111111:role/r');

  await client.send(new DeleteChangeSetCommand(shared));
  await client.send(new CreateChangeSetCommand({ ...shared, ChangeSetType: 'UPDATE', TemplateURL }));
  expect(await client.send(new DescribeChangeSetCommand(shared))).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  await expect(client.send(new ExecuteChangeSetCommand(shared))).rejects.toMatchObject({
    name: 'InvalidChangeSetStatusException',
  });
});

test('events come newest first, page by page', async () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`T${index}`, {}]));
  await create('app', things(many).body);
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: 'app', NextToken }));
    expect(page.StackEvents!.length).toBeLessThanOrEqual(100);
    events.push(...page.StackEvents!);
    NextToken = page.NextToken;
  } while (NextToken);

  expect(events).toHaveLength(world.cloudformation.events('app').length);
  expect(events[0]).toMatchObject({ LogicalResourceId: 'app', ResourceStatus: 'CREATE_COMPLETE' });
  expect(events.at(-1)).toMatchObject({ ResourceStatus: 'REVIEW_IN_PROGRESS', ResourceStatusReason: 'User Initiated' });
  const times = events.map(({ Timestamp }) => Timestamp!.getTime());
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('a change set shows what is replaced and what only the operation will know', async () => {
  const template = (name: string) =>
    things({ A: { Name: name }, B: { Value: { Ref: 'A' } }, C: { Name: { Ref: 'A' } }, D: { Value: name } }).body;
  await create('app', template('a'));
  await client.send(new CreateChangeSetCommand({ StackName: 'app', ChangeSetName: 'c', TemplateBody: template('b') }));
  const { Changes } = await client.send(new DescribeChangeSetCommand({ StackName: 'app', ChangeSetName: 'c' }));

  expect(
    Changes?.map(({ ResourceChange: change }) => [
      change?.LogicalResourceId,
      change?.Action,
      change?.Replacement,
      change?.Details?.map(({ Target, Evaluation }) => [Target?.Name, Target?.RequiresRecreation, Evaluation]),
    ]),
  ).toEqual([
    ['A', 'Modify', 'True', [['Name', 'Always', 'Static']]],
    ['B', 'Modify', 'False', [['Value', 'Never', 'Dynamic']]],
    ['C', 'Modify', 'Conditional', [['Name', 'Conditionally', 'Dynamic']]],
    ['D', 'Modify', 'False', [['Value', 'Never', 'Static']]],
  ]);
});

test('a stack can be read by every operation that clients use', async () => {
  const { StackId } = await create('app', core);
  const resources = await client.send(new DescribeStackResourcesCommand({ StackName: 'app' }));
  expect(
    resources.StackResources?.map(({ LogicalResourceId, ResourceStatus }) => [LogicalResourceId, ResourceStatus]),
  ).toEqual([
    ['Bucket', 'CREATE_COMPLETE'],
    ['Policy', 'CREATE_COMPLETE'],
  ]);
  const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName: 'app' }));
  expect(StackResourceSummaries).toHaveLength(2);
  expect((await client.send(new GetTemplateCommand({ StackName: 'app' }))).TemplateBody).toBe(core);
  expect((await client.send(new GetTemplateSummaryCommand({ StackName: 'app' }))).ResourceTypes).toEqual([
    'AWS::S3::Bucket',
    'AWS::S3::BucketPolicy',
  ]);
  expect((await client.send(new ListExportsCommand())).Exports).toMatchObject([
    { Name: 'bucket', ExportingStackId: StackId },
  ]);
  expect((await client.send(new ListStacksCommand())).StackSummaries).toMatchObject([{ StackName: 'app' }]);
  await expect(
    client.send(new DescribeStackResourceCommand({ StackName: 'app', LogicalResourceId: 'No' })),
  ).rejects.toThrow('Resource No does not exist for stack app');
  await waitUntilStackCreateComplete({ client, maxWaitTime: 31 }, { StackName: 'app' });
});

test('a deleted stack is found by its id only, and deleting a missing stack is not an error', async () => {
  const { StackId } = await create('app', things({ A: {} }).body);
  await client.send(new UpdateTerminationProtectionCommand({ StackName: 'app', EnableTerminationProtection: true }));
  await expect(client.send(new DeleteStackCommand({ StackName: 'app' }))).rejects.toThrow(
    'Stack [app] cannot be deleted while TerminationProtection is enabled',
  );
  await client.send(new UpdateTerminationProtectionCommand({ StackName: 'app', EnableTerminationProtection: false }));
  await client.send(new DeleteStackCommand({ StackName: 'app' }));
  expect(await settled(StackId!)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  await expect(client.send(new DescribeStackEventsCommand({ StackName: 'app' }))).rejects.toThrow(
    'Stack [app] does not exist',
  );
  await client.send(new DeleteStackCommand({ StackName: 'app' }));
});

describe('a request is refused', () => {
  const role = JSON.stringify({
    Resources: { R: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } } },
  });
  const request = { StackName: 'app', ChangeSetName: 'c', ChangeSetType: 'CREATE' as const, TemplateBody: role };

  test('when its template needs a capability that is not given', async () => {
    await expect(client.send(new CreateChangeSetCommand(request))).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_IAM]',
    });
  });

  test('when its role does not exist or does not trust CloudFormation', async () => {
    world.iam.createRole({ name: 'wrong', trustPolicy: trust('lambda.amazonaws.com') });
    world.iam.createRole({ name: 'right', trustPolicy: trust('cloudformation.amazonaws.com') });
    const withRole = (RoleARN: string) =>
      client.send(new CreateChangeSetCommand({ ...request, Capabilities: ['CAPABILITY_IAM'], RoleARN }));

    for (const name of ['none', 'wrong']) {
      const RoleARN = `arn:aws:iam::111111111111:role/${name}`;
      await expect(withRole(RoleARN)).rejects.toThrow(`Role ${RoleARN} is invalid or cannot be assumed`);
    }
    await withRole('arn:aws:iam::111111111111:role/right');
  });

  test('when its stack or change set does not exist, or already exists', async () => {
    const change = { StackName: 'app', ChangeSetName: 'c', TemplateBody: things({ A: {} }).body };
    await expect(client.send(new CreateChangeSetCommand(change))).rejects.toThrow('Stack [app] does not exist');
    await create('app', change.TemplateBody);
    await expect(client.send(new CreateChangeSetCommand({ ...change, ChangeSetType: 'CREATE' }))).rejects.toThrow(
      'Stack [app] already exists and cannot be created again with the changeSet [c].',
    );
    await expect(
      client.send(new DescribeChangeSetCommand({ StackName: 'app', ChangeSetName: 'c' })),
    ).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
    });
    await expect(
      client.send(new UpdateStackCommand({ StackName: 'app', TemplateBody: change.TemplateBody })),
    ).rejects.toThrow('No updates are to be performed.');
  });

  test('by name when it needs what is not supported', async () => {
    const body = things({ A: {} }).body;
    await expect(
      client.send(new CreateStackCommand({ StackName: 'app', TemplateBody: body, OnFailure: 'DELETE' })),
    ).rejects.toThrow('the embedded AWS does not support cloudformation: OnFailure DELETE');
    await expect(
      client.send(new CreateStackCommand({ StackName: 'app', TemplateBody: body, TimeoutInMinutes: 5 })),
    ).rejects.toThrow('cloudformation:CreateStack with TimeoutInMinutes');
  });
});
