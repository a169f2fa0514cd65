import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import type { Properties } from '../../embedded-aws/resource-type';
import { PipelineWorld, scope } from './pipeline-world';
import { ACCOUNT, SmallWorld, things } from './small-world';

let world: PipelineWorld;
let client: Awaited<ReturnType<PipelineWorld['open']>>;

beforeEach(async () => {
  world = new PipelineWorld();
  client = await world.open();
});
afterEach(() => world.close());

const { accountId } = scope;
const STACK_ROLE = `arn:aws:iam::${accountId}:role/stack`;
const SESSION = `arn:aws:sts::${accountId}:assumed-role/stack/AWSCloudFormation`;
const BOUNDARY = `arn:aws:iam::${accountId}:policy/boundary`;
const topicArn = (name: string) => `arn:aws:sns:${scope.region}:${accountId}:${name}`;

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
}

/** Makes a role, which CloudFormation or a person can assume, with the permissions given. */
function makeRole(name: string, ...statements: readonly Statement[]): void {
  const principals = { Service: 'cloudformation.amazonaws.com', AWS: `arn:aws:iam::${accountId}:root` };
  world.iam.createRole({
    name,
    trustPolicy: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principals }] },
  });
  const Statement = statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement }));
  if (Statement.length > 0) world.iam.putInlinePolicy(name, 'permissions', { Version: '2012-10-17', Statement });
}

const deploy = (resources: Properties, roleArn: string | undefined = STACK_ROLE) =>
  world.deploy(resources, { roleArn });
const topic = (TopicName: string, more: object = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName, ...more },
});
const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });

/** @returns The events with that status: logical id and reason. */
const events = (status: string) =>
  world.region.cloudFormation
    .events('app')
    .filter((event) => event.status === status)
    .map(({ logicalId, reason }) => [logicalId, reason]);

/** @returns The reason of a resource whose call was denied. */
const denied = (action: string, resource: string, service: string) =>
  `Resource handler returned message: "User: ${SESSION} is not authorized to perform: ${action} on resource: ${resource} ` +
  `because no identity-based policy allows the ${action} action (Service: ${service}, Status Code: 403)" (HandlerErrorCode: AccessDenied)`;

describe("a stack's role", () => {
  test('that lacks a permission of a resource fails that resource, and the stack is rolled back', async () => {
    makeRole('stack', { Action: ['sns:*'] });
    const result = await deploy({ Topic: topic('orders'), Queue: queue('orders') });
    expect(result).toMatchObject({ type: 'failed', status: 'ROLLBACK_COMPLETE' });
    const resource = `arn:aws:sqs:${scope.region}:${accountId}:orders`;
    expect(events('CREATE_FAILED')).toContainEqual(['Queue', denied('sqs:CreateQueue', resource, 'Sqs')]);
  });

  test('needs only what the properties of the resource need', async () => {
    const actions = ['sns:CreateTopic', 'sns:GetTopicAttributes', 'sns:UntagResource'];
    makeRole('stack', { Action: actions, Resource: topicArn('orders') });
    expect((await deploy({ Topic: topic('orders') })).type).toBe('succeeded');
    const tagged = await deploy({ Topic: topic('orders', { Tags: [{ Key: 'team', Value: 'shop' }] }) });
    expect(tagged).toMatchObject({ type: 'failed', status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(events('UPDATE_FAILED')).toEqual([['Topic', denied('sns:TagResource', topicArn('orders'), 'Sns')]]);
  });

  test('that cannot undo what it did leaves a stack that was created in ROLLBACK_FAILED', async () => {
    makeRole('stack', { Action: ['sns:CreateTopic', 'sns:GetTopicAttributes'] });
    const result = await deploy({ Topic: topic('orders'), Queue: { ...queue('orders'), DependsOn: 'Topic' } });
    expect(result).toMatchObject({ type: 'failed', status: 'ROLLBACK_FAILED' });
    expect(events('DELETE_FAILED')).toEqual([['Topic', denied('sns:DeleteTopic', topicArn('orders'), 'Sns')]]);
  });

  test('that cannot undo what it did leaves a stack that was updated in UPDATE_ROLLBACK_FAILED', async () => {
    makeRole('stack', { Action: ['sns:CreateTopic', 'sns:GetTopicAttributes', 'sns:TagResource'] });
    await deploy({ Topic: topic('orders') });
    const tagged = topic('orders', { Tags: [{ Key: 'team', Value: 'shop' }] });
    const result = await deploy({ Topic: tagged, Queue: { ...queue('orders'), DependsOn: 'Topic' } });
    expect(result).toMatchObject({ type: 'failed', status: 'UPDATE_ROLLBACK_FAILED' });
    expect(events('UPDATE_FAILED')).toEqual([['Topic', denied('sns:UntagResource', topicArn('orders'), 'Sns')]]);
  });

  test('that may not delete leaves removed resources behind, and a stack that cannot be deleted', async () => {
    makeRole('stack', { Action: ['sns:CreateTopic', 'sns:GetTopicAttributes'] });
    await deploy({ Topic: topic('orders'), Other: topic('other') });
    const result = await deploy({ Topic: topic('orders') });
    expect(result.type).toBe('succeeded');
    expect(result.stack.statusReason).toBe('Update successful. One or more resources could not be deleted.');
    await world.clock.spawn(() => world.clock.waitFor(world.region.cloudFormation.deleteStack('app')!));
    expect(result.stack.status).toBe('DELETE_FAILED');
  });

  test('is remembered by the stack', async () => {
    makeRole('stack', { Action: ['sns:CreateTopic', 'sns:GetTopicAttributes'], Resource: topicArn('orders') });
    await deploy({ Topic: topic('orders') });
    await world.deploy({ Topic: topic('orders'), Other: topic('other') });
    expect(events('CREATE_FAILED')).toEqual([['Other', denied('sns:CreateTopic', topicArn('other'), 'Sns')]]);
  });

  test('sets the tags of the stack on what it creates', async () => {
    makeRole('stack', { Action: ['sns:CreateTopic', 'sns:GetTopicAttributes'] });
    await world.deploy({ Topic: topic('orders') }, { roleArn: STACK_ROLE, tags: { STAGE: 'prod' } });
    expect(events('CREATE_FAILED')).toEqual([['Topic', denied('sns:TagResource', topicArn('orders'), 'Sns')]]);
  });
});

test('a stack without a role is deployed with the permissions of the caller', async () => {
  makeRole('developer', { Action: 'cloudformation:*' });
  const { accessKeyId, secretAccessKey, sessionToken } = world.session(`arn:aws:iam::${accountId}:role/developer`);
  const developer = new CloudFormationClient({
    ...client,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const TemplateBody = JSON.stringify({ Resources: { Topic: topic('orders') } });
  await developer.send(new CreateStackCommand({ StackName: 'app', TemplateBody }));
  developer.destroy();
  await world.clock.elapse(60_000);
  expect(events('CREATE_FAILED')[0]?.[1]).toContain(
    `User: arn:aws:sts::${accountId}:assumed-role/developer/tester is not authorized to perform: sns:CreateTopic`,
  );
});

describe('a role that may only make roles with a boundary', () => {
  const trust = {
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  };
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const role = (RoleName: string, more: object = {}) => ({
    Type: 'AWS::IAM::Role',
    Properties: { RoleName, AssumeRolePolicyDocument: trust, PermissionsBoundary: BOUNDARY, ...more },
  });
  const bounded = { ArnEquals: { 'iam:PermissionsBoundary': BOUNDARY } };
  const arn = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;

  beforeEach(() => {
    world.iam.createManagedPolicy('boundary', '/', everything);
    makeRole(
      'stack',
      { Action: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'], Condition: bounded },
      { Action: ['iam:Get*', 'iam:List*', 'iam:DeleteRole', 'iam:UpdateRole', 'iam:PutRolePermissionsBoundary'] },
    );
  });

  test('makes one with it, which then has it', async () => {
    expect((await deploy({ Role: role('app-r') })).type).toBe('succeeded');
    expect(world.iam.role('app-r').permissionsBoundary).toBe(BOUNDARY);
  });

  test('makes none without it', async () => {
    await deploy({ Role: role('app-r', { PermissionsBoundary: undefined }) });
    expect(events('CREATE_FAILED')).toEqual([['Role', denied('iam:CreateRole', arn('app-r'), 'Iam')]]);
  });

  test('changes no policies of a role without it, whichever stack made that', async () => {
    makeRole('foreign');
    await deploy({
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'all', PolicyDocument: everything, Roles: ['foreign'] },
      },
    });
    expect(events('CREATE_FAILED')).toEqual([['Policy', denied('iam:PutRolePolicy', arn('foreign'), 'Iam')]]);
  });

  test('gives a role the boundary and then changes its policies, in one update', async () => {
    const policies = { Policies: [{ PolicyName: 'all', PolicyDocument: everything }] };
    await world.deploy({ Role: role('app-r', { PermissionsBoundary: undefined }) });
    const result = await deploy({ Role: role('app-r', policies) });
    expect(result.type).toBe('succeeded');
    expect(world.iam.role('app-r')).toMatchObject({ permissionsBoundary: BOUNDARY });
  });

  test('does not take it from a role', async () => {
    await deploy({ Role: role('app-r') });
    await deploy({ Role: role('app-r', { PermissionsBoundary: undefined }) });
    const reason = denied('iam:DeleteRolePermissionsBoundary', arn('app-r'), 'Iam');
    expect(events('UPDATE_FAILED')).toEqual([['Role', reason]]);
    expect(world.iam.role('app-r').permissionsBoundary).toBe(BOUNDARY);
  });
});

test('a role cannot have a boundary that does not exist, and a boundary cannot be deleted while a role has it', async () => {
  const trust = {
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
  };
  const nothing = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } };
  const boundary = {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { ManagedPolicyName: 'boundary', PolicyDocument: nothing },
  };
  const role = {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: trust, PermissionsBoundary: BOUNDARY },
  };
  await world.deploy({ Role: role });
  expect(events('CREATE_FAILED')).toEqual([['Role', `Scope ARN: ${BOUNDARY} does not exist or is not attachable.`]]);
  await world.deploy({ Boundary: boundary }, { stackName: 'other' });
  await world.clock.spawn(() => world.clock.waitFor(world.region.cloudFormation.deleteStack('app')!));
  expect((await world.deploy({ Role: role })).type).toBe('succeeded');
  const other = await world.clock.spawn(() => world.clock.waitFor(world.region.cloudFormation.deleteStack('other')!));
  expect(other.status).toBe('DELETE_FAILED');
  const failed = other.events.all.find(({ status }) => status === 'DELETE_FAILED');
  expect(failed?.reason).toBe('Cannot delete a policy attached to entities.');
});

test('a type of which it is not known what CloudFormation calls is deployed, and reported once', async () => {
  const small = new SmallWorld();
  const Principal = { Service: 'cloudformation.amazonaws.com' };
  const trustPolicy = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
  small.iam.createRole({ name: 'stack', trustPolicy });
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/stack`;
  const request = { stackName: 'app', template: things({ A: {}, B: {} }), roleArn };
  const result = await small.clock.spawn(() => small.clock.waitFor(small.cloudformation.deploy(request)));
  expect(result.type).toBe('succeeded');
  expect(small.notices).toEqual([
    'permissions for Test::Thing are not checked, because it is not known what CloudFormation calls for it',
  ]);
});
