import { CodeDeployClient, ListApplicationsCommand } from '@aws-sdk/client-codedeploy';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNT, REGION, SmallWorld } from './small-world';

let world: SmallWorld;
let config: Awaited<ReturnType<SmallWorld['open']>>;
let sts: STSClient;

beforeEach(async () => {
  world = new SmallWorld();
  config = await world.open();
  sts = new STSClient(config);
});
afterEach(async () => {
  sts.destroy();
  await world.close();
});

const trust = (Principal: Record<string, string>) => ({
  Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Principal }],
});
const assume = (name: string, client = sts, DurationSeconds?: number) =>
  client.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/${name}`, RoleSessionName: 's', DurationSeconds }),
  );

test('GetCallerIdentity returns the identity of the caller', async () => {
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:user/tester`,
  });
});

test('an assumed role has credentials that are valid for hours of real time', async () => {
  world.iam.createRole({ name: 'deploy', trustPolicy: trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }) });
  const { Credentials, AssumedRoleUser } = await assume('deploy');
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/s`);
  expect(Credentials!.Expiration!.getTime()).toBeGreaterThan(Date.now() + 3_600_000);

  const {
    AccessKeyId: accessKeyId = '',
    SecretAccessKey: secretAccessKey = '',
    SessionToken: sessionToken,
  } = Credentials!;
  const session = new STSClient({ ...config, credentials: { accessKeyId, secretAccessKey, sessionToken } });
  expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/s`,
    UserId: `${world.iam.role('deploy').id}:s`,
  });

  // Role chaining: the session's principal is its role, and the session lasts an hour at most.
  world.iam.createRole({
    name: 'next',
    trustPolicy: trust({ AWS: `arn:aws:iam::${ACCOUNT}:role/deploy` }),
    maxSessionDuration: 7200,
  });
  await assume('next', session, 3600);
  await expect(assume('next', session, 3601)).rejects.toThrow(
    'exceeds the 1 hour session limit for roles assumed by role chaining',
  );
  await expect(assume('next')).rejects.toMatchObject({ name: 'AccessDenied' });
  session.destroy();
});

test('a role is assumed only by the principals that its trust policy names', async () => {
  world.iam.createRole({ name: 'build', trustPolicy: trust({ Service: 'codebuild.amazonaws.com' }) });
  const RoleArn = world.iam.role('build').arn;
  await expect(assume('build')).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${ACCOUNT}:user/tester is not authorized to perform: sts:AssumeRole on resource: ${RoleArn} because no role trust policy allows the sts:AssumeRole action`,
  });
  await expect(assume('absent')).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(() => world.sts.assumeRole({ service: 'lambda.amazonaws.com' }, RoleArn, 's')).toThrow(
    'is not authorized to perform',
  );
  expect(world.sts.assumeRole({ service: 'codebuild.amazonaws.com' }, RoleArn, 's').accessKeyId).toMatch(/^ASIA/);
});

test('a session may not be longer than its role allows, nor shorter than STS allows', async () => {
  world.iam.createRole({ name: 'deploy', trustPolicy: trust({ AWS: ACCOUNT }) });
  await expect(assume('deploy', sts, 3601)).rejects.toThrow('exceeds the MaxSessionDuration set for this role');
  await expect(assume('deploy', sts, 899)).rejects.toThrow('greater than or equal to 900');
});

test('a trust policy may restrict its callers by conditions', async () => {
  const [statement] = trust({ AWS: ACCOUNT }).Statement;
  const under = (Condition: Record<string, Record<string, string>>) => ({ Statement: [{ ...statement!, Condition }] });
  const arnLike = (arn: string) => under({ ArnLike: { 'aws:PrincipalArn': arn } });
  world.iam.createRole({ name: 'ours', trustPolicy: arnLike(`arn:aws:iam::${ACCOUNT}:user/test*`) });
  world.iam.createRole({ name: 'theirs', trustPolicy: arnLike(`arn:aws:iam::${ACCOUNT}:role/*`) });
  world.iam.createRole({ name: 'odd', trustPolicy: under({ StringEquals: { 'sts:ExternalId': 'x' } }) });

  expect((await assume('ours')).Credentials).toBeDefined();
  await expect(assume('theirs')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(assume('odd')).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('an unknown access key is refused, in the form that the client reads', async () => {
  const stranger = { ...config, credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } };
  const [query, json] = [new STSClient(stranger), new CodeDeployClient(stranger)];
  const refused = { name: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.' };
  await expect(query.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(refused);
  await expect(json.send(new ListApplicationsCommand({}))).rejects.toMatchObject(refused);
  query.destroy();
  json.destroy();
});

test('an unknown access key has no identity', () => {
  expect(() => world.sts.authenticate('AKIANOBODY', REGION)).toThrow(
    'The security token included in the request is invalid.',
  );
  expect(world.sts.authenticate(world.sts.root(ACCOUNT).accessKeyId, REGION).arn).toBe(`arn:aws:iam::${ACCOUNT}:root`);
});

test('roles and policies of a stack can be read, are updated with the stack, and are deleted with it', async () => {
  const iam = new IAMClient(config);
  const allow = (Action: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });
  const template = (Action: string) => ({
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'service',
        AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }),
        Policies: [{ PolicyName: 'own', PolicyDocument: allow('s3:ListBucket') }],
      },
    },
    More: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'more', PolicyDocument: allow(Action), Roles: [{ Ref: 'Role' }] },
    },
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { ManagedPolicyName: 'managed', PolicyDocument: allow('sqs:*'), Roles: [{ Ref: 'Role' }] },
    },
  });
  const deploy = (Resources: object) =>
    world.clock.spawn(() =>
      world.clock.waitFor(
        world.cloudformation.deploy({
          stackName: 'app',
          template: { body: JSON.stringify({ Resources }) },
          capabilities: ['CAPABILITY_NAMED_IAM'],
        }),
      ),
    );
  const { stack } = await deploy(template('s3:GetObject'));
  expect(stack.resources.get('Role')?.physical.attributes.Arn).toBe(`arn:aws:iam::${ACCOUNT}:role/service`);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'service' }));
  expect(JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!))).toEqual(
    trust({ Service: 'lambda.amazonaws.com' }),
  );
  expect((await iam.send(new ListRolePoliciesCommand({ RoleName: 'service' }))).PolicyNames).toEqual(['own', 'more']);
  expect(world.iam.role('service').managedPolicies).toEqual([`arn:aws:iam::${ACCOUNT}:policy/managed`]);

  await deploy(template('s3:PutObject'));
  const policy = await iam.send(new GetRolePolicyCommand({ RoleName: 'service', PolicyName: 'more' }));
  expect(decodeURIComponent(policy.PolicyDocument!)).toContain('s3:PutObject');

  const deleted = await world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deleteStack('app')!));
  expect(deleted.status).toBe('DELETE_COMPLETE');
  await expect(iam.send(new GetRoleCommand({ RoleName: 'service' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  });
  iam.destroy();
});

test('an update of a managed policy makes a new version, and of more than five the oldest is deleted', async () => {
  const iam = new IAMClient(config);
  const deploy = (action: string) => {
    const PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] };
    const Policy = { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'managed', PolicyDocument } };
    const template = { body: JSON.stringify({ Resources: { Policy } }) };
    const request = { stackName: 'app', template, capabilities: ['CAPABILITY_NAMED_IAM'] };
    return world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
  };
  for (const bucket of ['a', 'b', 'c', 'd', 'e', 'f']) await deploy(`s3:Get${bucket}`);

  const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/managed`;
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId).toBe('v6');
  const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  expect(Versions?.map(({ VersionId, IsDefaultVersion }) => [VersionId, IsDefaultVersion])).toEqual([
    ['v6', true],
    ['v5', false],
    ['v4', false],
    ['v3', false],
    ['v2', false],
  ]);
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
  expect(decodeURIComponent(PolicyVersion!.Document!)).toContain('s3:Getb');
  await expect(iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))).rejects.toThrow('does not exist');
  iam.destroy();
});
