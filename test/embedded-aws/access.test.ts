import { CloudFormationClient, CreateChangeSetCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AccessControl } from '../../embedded-aws/access/access-control';
import type { RoleProps } from '../../embedded-aws/iam/identities';
import { ADMINISTRATOR_ACCESS } from '../support/administrator';
import { ACCOUNT, SmallWorld } from './small-world';

let world: SmallWorld;
let config: Awaited<ReturnType<SmallWorld['open']>>;
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  world = new SmallWorld();
  config = await world.open();
  world.buckets.create('box', world.scope, new Date(0));
  world.buckets.put('box', 'a/1', Buffer.from('one'), new Date(0));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await world.close();
});

const allow = (Action: string | string[], Resource: string | string[] = '*', Condition?: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }],
});

const trustPolicy = {
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};

/** Creates the role `worker` with one inline policy, and assumes it. @returns A client's configuration. */
function asWorker(policy: object | undefined, props: Partial<RoleProps> = {}) {
  const { arn, inlinePolicies } = world.iam.createRole({ name: 'worker', trustPolicy, ...props });
  if (policy) inlinePolicies.set('own', policy);
  return { ...config, credentials: world.sts.issue(arn, 's') };
}
function s3(credentials: ReturnType<typeof asWorker>): S3Client {
  const client = new S3Client({ ...credentials, forcePathStyle: true });
  clients.push(client);
  return client;
}
const object = { Bucket: 'box', Key: 'a/1' };
const WORKER = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/s`;

test("a role may do what its inline policy allows, and AWS's message says what it may not", async () => {
  const client = s3(asWorker(allow('s3:GetObject', 'arn:aws:s3:::box/a/*')));
  expect(await (await client.send(new GetObjectCommand(object))).Body?.transformToString()).toBe('one');
  await expect(client.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: ${WORKER} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::box/a/1 because no identity-based policy allows the s3:PutObject action`,
    $metadata: { httpStatusCode: 403 },
  });
});

test('a change of a policy counts from the next call on', async () => {
  const client = s3(asWorker(allow('s3:GetObject')));
  await client.send(new GetObjectCommand(object));
  world.iam.role('worker').inlinePolicies.set('own', allow('s3:PutObject'));
  await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' });
  world.iam.role('worker').inlinePolicies.set('more', allow('s3:GetObject'));
  await client.send(new GetObjectCommand(object));
});

test("a role may do what attached policies allow: AWS's and the account's", async () => {
  const { arn } = world.iam.createManagedPolicy('lists', '/', allow('s3:ListBucket', 'arn:aws:s3:::box'));
  const client = s3(asWorker(undefined, { managedPolicies: [arn] }));
  await client.send(new ListObjectsV2Command({ Bucket: 'box' }));
  await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' });
  world.iam.setAttached(ADMINISTRATOR_ACCESS, 'worker', true);
  await client.send(new GetObjectCommand(object));
});

test('a denial names attached policies that are not known', async () => {
  const client = s3(asWorker(undefined, { managedPolicies: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] }));
  await expect(client.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toThrow(
    'allows the s3:PutObject action; not evaluated, because the embedded AWS does not know them: arn:aws:iam::aws:policy/AmazonS3FullAccess',
  );
});

test('a boundary limits what the policies allow', async () => {
  const { arn } = world.iam.createManagedPolicy('boundary', '/release/', allow('s3:GetObject'));
  const client = s3(asWorker(undefined, { managedPolicies: [ADMINISTRATOR_ACCESS], permissionsBoundary: arn }));
  await client.send(new GetObjectCommand(object));
  await expect(client.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toThrow(
    'because no permissions boundary allows the s3:PutObject action',
  );
});

test('a policy that cannot be read is refused with its mistakes', async () => {
  const client = s3(asWorker({ Statement: [{ Effect: 'Allow', Action: 's3:*', Resources: '*' }] }));
  await expect(client.send(new GetObjectCommand(object))).rejects.toThrow(
    'the embedded AWS does not support the policy own; the policy has 1 mistake(s): Statement[0].Resources is not an element of a statement',
  );
});

test("S3's operations are authorised under the names of its actions", async () => {
  const client = s3(asWorker(allow(['s3:GetObject', 's3:ListBucket'], ['arn:aws:s3:::box', 'arn:aws:s3:::box/*'])));
  await client.send(new HeadObjectCommand(object));
  await client.send(new ListObjectsV2Command({ Bucket: 'box' }));
  const Delete = { Objects: [{ Key: 'a/1' }] };
  await expect(client.send(new DeleteObjectsCommand({ Bucket: 'box', Delete }))).rejects.toThrow('s3:DeleteObject');
  await expect(client.send(new GetObjectCommand({ ...object, Key: 'b' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a role that may not list a bucket gets AccessDenied for a missing object', async () => {
  const client = s3(asWorker(allow('s3:GetObject')));
  await expect(client.send(new GetObjectCommand({ ...object, Key: 'b' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

test('a condition on the prefix of a list holds for that prefix only', async () => {
  const client = s3(asWorker(allow('s3:ListBucket', '*', { StringLike: { 's3:prefix': 'a/*' } })));
  await client.send(new ListObjectsV2Command({ Bucket: 'box', Prefix: 'a/' }));
  await expect(client.send(new ListObjectsV2Command({ Bucket: 'box' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

test('the policy of a bucket denies what a role may do, and allows what it may not', async () => {
  const worker = s3(asWorker(allow('s3:*')));
  const bucket = world.buckets.bucket('box');
  const statement = { Principal: '*', Resource: 'arn:aws:s3:::box/*' };
  bucket.policy = { Statement: [{ ...statement, Effect: 'Deny', Action: 's3:PutObject' }] };
  await expect(worker.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toThrow(
    'with an explicit deny in a resource-based policy',
  );
  await expect(
    s3({ ...config, credentials: world.sts.user(ACCOUNT, 'visitor') as never }).send(
      new PutObjectCommand({ ...object, Body: 'x' }),
    ),
  ).rejects.toMatchObject({ name: 'AccessDenied' });

  world.iam.role('worker').inlinePolicies.clear();
  await expect(worker.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' });
  bucket.policy = { Statement: [{ ...statement, Effect: 'Allow', Action: 's3:GetObject' }] };
  await worker.send(new GetObjectCommand(object));
});

test('a topic without a policy of its own is no help to a role, one with a policy is', async () => {
  const { arn } = world.sns.createTopic('releases');
  const client = new SNSClient(asWorker(undefined));
  clients.push(client);
  const publish = () => client.send(new PublishCommand({ TopicArn: arn, Message: 'm' }));
  await expect(publish()).rejects.toThrow('because no identity-based policy allows the sns:Publish action');
  const Principal = { AWS: world.iam.role('worker').arn };
  world.sns.setPolicy(arn, { Statement: [{ Effect: 'Allow', Action: 'sns:Publish', Principal, Resource: arn }] });
  await publish();
});

test('a change set with a role needs the permission to pass it, and is authorised with the role as a condition', async () => {
  const cloudformation = 'cloudformation.amazonaws.com';
  const trustPolicy = {
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: cloudformation } }],
  };
  const stackRole = world.iam.createRole({ name: 'stack', trustPolicy }).arn;
  const client = new CloudFormationClient(asWorker(undefined));
  clients.push(client);
  const create = (RoleARN?: string) =>
    client.send(
      new CreateChangeSetCommand({
        StackName: 'app',
        ChangeSetName: `c-${RoleARN?.length}`,
        ChangeSetType: 'CREATE',
        TemplateBody: '{"Resources":{"A":{"Type":"Test::Thing"}}}',
        RoleARN,
      }),
    );
  const { inlinePolicies } = world.iam.role('worker');
  inlinePolicies.set(
    'create',
    allow('cloudformation:CreateChangeSet', `arn:aws:cloudformation:*:${ACCOUNT}:stack/app/*`, {
      ArnEquals: { 'cloudformation:RoleArn': stackRole },
    }),
  );
  await expect(create()).rejects.toThrow('cloudformation:CreateChangeSet');
  await expect(create(stackRole)).rejects.toThrow(`iam:PassRole on resource: ${stackRole}`);
  const condition = { StringEquals: { 'iam:PassedToService': cloudformation } };
  inlinePolicies.set('pass', allow('iam:PassRole', stackRole, condition));
  await create(stackRole);
  await expect(client.send(new DescribeStacksCommand({ StackName: 'app' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

test('every caller may read its own identity', async () => {
  const client = new STSClient(asWorker({ Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }));
  clients.push(client);
  expect((await client.send(new GetCallerIdentityCommand({}))).Arn).toBe(WORKER);
});

test('the session of a role that was deleted may do nothing', async () => {
  const client = s3(asWorker(undefined, { managedPolicies: [ADMINISTRATOR_ACCESS] }));
  world.iam.deleteRole('worker');
  await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('each different request is recorded once, with the statement that allowed it', async () => {
  const client = s3(asWorker(allow('s3:Get*')));
  for (const _ of [1, 2]) await client.send(new GetObjectCommand(object));
  const recorded = world.access.record.decided.filter(({ query }) => query.request.action === 's3:GetObject');
  expect(recorded).toMatchObject([
    { decision: { allowed: true, by: [{ where: 'identity', policy: 'own', index: 0 }] } },
  ]);
});

test('a condition on a key that no request has here, and a policy that is not known, are reported once', async () => {
  const notices: string[] = [];
  const access = new AccessControl({ iam: () => world.iam, onNotice: (notice) => notices.push(notice) });
  const managedPolicies = ['arn:aws:iam::aws:policy/PowerUserAccess'];
  const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-1', 'aws:ResourceAccount': ACCOUNT } };
  asWorker(allow('s3:*', '*', Condition), { managedPolicies });
  const check = (action: string) => access.check({ accountId: ACCOUNT, arn: WORKER }, { action, resource: '*' });
  expect([check('s3:GetObject'), check('s3:PutObject')]).toEqual([expect.anything(), expect.anything()]);
  expect(notices).toEqual([
    'worker has the policy arn:aws:iam::aws:policy/PowerUserAccess, which the embedded AWS does not know and does not evaluate',
    'the policy own of worker has a condition on aws:principalorgid, which requests to the embedded AWS never have',
  ]);
});
