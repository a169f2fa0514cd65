import { type Capability, CloudFormationClient, CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { zipSync } from 'fflate';
import type { StackResult } from '../../embedded-aws/cloudformation/cloudformation';
import type { Properties } from '../../embedded-aws/resource-type';
import { synthesise } from '../lib/fixtures';
import { PipelineWorld, scope } from './pipeline-world';

const { accountId, region } = scope;
const SERVICE_STACK = 'greeter-staging';
const STACK_ROLE = `arn:aws:iam::${accountId}:role/release/greeter-staging-cloudformation`;
const BOUNDARY = `arn:aws:iam::${accountId}:policy/release/greeter-staging-boundary`;
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

const CONFIG = {
  repository: 'acme/greeter',
  branch: 'main',
  account: accountId,
  region,
  environments: [{ name: 'staging' }, { name: 'production' }],
};
/** The pipeline of a user who grants the stack's role everything about roles and policies. */
const GENEROUS = {
  ...CONFIG,
  deployPermissions: [
    {
      actions: [
        'iam:AttachRolePolicy',
        'iam:CreatePolicy',
        'iam:CreatePolicyVersion',
        'iam:CreateRole',
        'iam:DeletePolicyVersion',
        'iam:DeleteRolePermissionsBoundary',
        'iam:ListPolicyVersions',
        'iam:PutRolePermissionsBoundary',
        'iam:PutRolePolicy',
      ],
      resources: ['role', 'policy'].map((kind) => `arn:{partition}:iam::{account}:${kind}/*`),
    },
  ],
};
const synthesised = synthesise(CONFIG);

let world: PipelineWorld;
let client: Awaited<ReturnType<PipelineWorld['open']>>;

beforeEach(async () => {
  world = new PipelineWorld();
  client = await world.open();
  await deployReleaseStack('staging');
  await deployReleaseStack('production');
});
afterEach(() => world.close());

async function deployReleaseStack(environment: string, { release } = synthesised): Promise<void> {
  const stackName = `greeter-${environment}-release`;
  const { Resources, Outputs } = release(environment).toJSON();
  const body = JSON.stringify({ Resources, Outputs });
  expect((await world.deploy({}, { stackName, template: { body } })).type).toBe('succeeded');
}

const allow = (action: string, more: object = {}) => ({ Effect: 'Allow', Action: action, Resource: '*', ...more });
const everything = { Version: '2012-10-17', Statement: [allow('*')] };
const trusting = (Principal: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }],
});
const LAMBDA = trusting({ Service: 'lambda.amazonaws.com' });

/** A role as `npm run package` writes it; `more` replaces properties. */
const role = (name: string, more: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: name,
    AssumeRolePolicyDocument: LAMBDA,
    PermissionsBoundary: BOUNDARY,
    Policies: [
      { PolicyName: 'logs', PolicyDocument: { Version: '2012-10-17', Statement: [allow('logs:PutLogEvents')] } },
    ],
    ...more,
  },
});
const roleArn = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
const policyArn = (name: string) => `arn:aws:iam::${accountId}:policy/${name}`;
const managedPolicy = (name: string, document: object, more: object = {}) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { ManagedPolicyName: name, PolicyDocument: document, ...more },
});
const inlinePolicy = (...roles: string[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyName: 'all', PolicyDocument: everything, Roles: roles },
});
const functionWith = (name: string, executionRole: unknown, bucket: unknown = 'code') => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name,
    Role: executionRole,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { S3Bucket: bucket, S3Key: 'code.zip' },
  },
});

/** Deploys the service's stack under its CloudFormation role, as the Deploy action does. */
const push = (resources: Properties): Promise<StackResult> =>
  world.deploy(resources, { stackName: SERVICE_STACK, roleArn: STACK_ROLE });

/** Deploys the stack as it was before it had a role with limits, e.g. by a developer. */
const deployBefore = async (resources: Properties, stackName = SERVICE_STACK) =>
  expect((await world.deploy(resources, { stackName })).type).toBe('succeeded');

/** @returns Why the first resource of a deployment failed. */
function failure({ stack }: StackResult): string | undefined {
  return stack.events.all.find(({ status, type }) => /_FAILED$/.test(status) && type !== 'AWS::CloudFormation::Stack')
    ?.reason;
}

function denial(action: string, resource: string): string {
  const principal = `arn:aws:sts::${accountId}:assumed-role/greeter-staging-cloudformation/AWSCloudFormation`;
  return `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} `;
}

interface Attempt {
  readonly what: string;
  /** Resources of the service's stack before; made by a person, without limits. */
  readonly before?: Properties;
  readonly pushed: Properties;
  readonly action: string;
  readonly resource: string;
  /** Whether it is denied whatever the configuration grants the stack's role. @default false */
  readonly always?: boolean;
}

const mine = 'greeter-staging-mine';
const attempts: readonly Attempt[] = [
  {
    what: 'a role that may do everything, without a boundary',
    pushed: {
      Role: role(mine, {
        PermissionsBoundary: undefined,
        Policies: [{ PolicyName: 'all', PolicyDocument: everything }],
      }),
    },
    action: 'iam:CreateRole',
    resource: roleArn(mine),
    always: true,
  },
  {
    what: 'a role with another boundary',
    pushed: { Role: role(mine, { PermissionsBoundary: ADMINISTRATOR }) },
    action: 'iam:CreateRole',
    resource: roleArn(mine),
    always: true,
  },
  {
    what: 'the boundary removed from a role',
    before: { Role: role(mine) },
    pushed: { Role: role(mine, { PermissionsBoundary: undefined }) },
    action: 'iam:DeleteRolePermissionsBoundary',
    resource: roleArn(mine),
    always: true,
  },
  {
    what: 'another boundary for a role that has it',
    before: { Role: role(mine) },
    pushed: { Role: role(mine, { PermissionsBoundary: ADMINISTRATOR }) },
    action: 'iam:PutRolePermissionsBoundary',
    resource: roleArn(mine),
    always: true,
  },
  {
    what: 'AdministratorAccess attached to a role with the boundary',
    before: { Role: role(mine) },
    pushed: { Role: role(mine, { ManagedPolicyArns: [ADMINISTRATOR] }) },
    action: 'iam:AttachRolePolicy',
    resource: roleArn(mine),
  },
  {
    what: 'a managed policy of its own',
    pushed: { Policy: managedPolicy('greeter-staging-all', everything) },
    action: 'iam:CreatePolicy',
    resource: policyArn('greeter-staging-all'),
  },
  {
    what: 'a new version of a managed policy',
    before: {
      Policy: managedPolicy('greeter-staging-all', { Version: '2012-10-17', Statement: [allow('s3:GetObject')] }),
    },
    pushed: { Policy: managedPolicy('greeter-staging-all', everything) },
    action: 'iam:ListPolicyVersions',
    resource: policyArn('greeter-staging-all'),
  },
  {
    what: 'a policy with the name of the boundary',
    pushed: { Policy: managedPolicy('greeter-staging-boundary', everything, { Path: '/release/' }) },
    action: 'iam:CreatePolicy',
    resource: BOUNDARY,
    always: true,
  },
  {
    what: 'a role made before, with another trust policy',
    before: { Role: role(mine, { PermissionsBoundary: undefined }) },
    pushed: {
      Role: role(mine, { PermissionsBoundary: undefined, AssumeRolePolicyDocument: trusting({ AWS: '222222222222' }) }),
    },
    action: 'iam:UpdateAssumeRolePolicy',
    resource: roleArn(mine),
  },
  {
    what: 'a role made before, with another policy',
    before: { Role: role(mine, { PermissionsBoundary: undefined }) },
    pushed: {
      Role: role(mine, {
        PermissionsBoundary: undefined,
        Policies: [{ PolicyName: 'all', PolicyDocument: everything }],
      }),
    },
    action: 'iam:PutRolePolicy',
    resource: roleArn(mine),
    always: true,
  },
  {
    what: 'a function with a foreign role',
    pushed: { Function: functionWith('greeter-staging-hello', roleArn('administrator')) },
    action: 'iam:PassRole',
    resource: roleArn('administrator'),
  },
  {
    what: "a function with the Deploy action's role",
    pushed: { Function: functionWith('greeter-staging-hello', roleArn('release/greeter-staging-deploy')) },
    action: 'iam:PassRole',
    resource: roleArn('release/greeter-staging-deploy'),
  },
  {
    what: 'a policy for its own CloudFormation role',
    pushed: { Policy: inlinePolicy('greeter-staging-cloudformation') },
    action: 'iam:PutRolePolicy',
    resource: STACK_ROLE,
    always: true,
  },
  {
    what: "a policy for a role of production's service",
    pushed: { Policy: inlinePolicy('greeter-production-hello') },
    action: 'iam:PutRolePolicy',
    resource: roleArn('greeter-production-hello'),
    always: true,
  },
  {
    what: "a role with a name of production's",
    pushed: { Role: role('greeter-production-mine') },
    // CloudFormation looks for the role before it creates it.
    action: 'iam:GetRole',
    resource: roleArn('greeter-production-mine'),
  },
  {
    what: "a function with a role of production's",
    pushed: { Function: functionWith('greeter-staging-hello', roleArn('greeter-production-hello')) },
    action: 'iam:PassRole',
    resource: roleArn('greeter-production-hello'),
  },
];

describe('a pushed template cannot get more permissions than the boundary allows', () => {
  beforeEach(async () => {
    const production = `arn:aws:iam::${accountId}:policy/release/greeter-production-boundary`;
    await deployBefore(
      { Hello: role('greeter-production-hello', { PermissionsBoundary: production }) },
      'greeter-production',
    );
    world.iam.createRole({ name: 'administrator', trustPolicy: LAMBDA, managedPolicies: [ADMINISTRATOR] });
  });

  test.each(attempts)('by $what', async ({ before, pushed, action, resource }) => {
    if (before) await deployBefore(before);
    const result = await push(pushed);
    expect(result.type).toBe('failed');
    expect(failure(result)).toContain(denial(action, resource));
    expect(failure(result)).toContain('HandlerErrorCode: AccessDenied');
  });

  test.each(attempts)('which an unlimited role would allow: $what', async ({ before, pushed }) => {
    if (before) await deployBefore(before);
    world.iam.putInlinePolicy('greeter-staging-cloudformation', 'Service', everything);
    expect(failure(await push(pushed)) ?? '').not.toContain('AccessDenied');
  });

  const generous = synthesise(GENEROUS);
  test.each(attempts.filter(({ always }) => always))(
    'whatever deployPermissions grants: $what',
    async ({ before, pushed, action, resource }) => {
      if (before) await deployBefore(before);
      await deployReleaseStack('staging', generous);
      const reason = failure(await push(pushed));
      expect(reason).toContain(`${denial(action, resource)}with an explicit deny in an identity-based policy`);
    },
  );

  test('nor does a role with the boundary get what its own policy allows', async () => {
    await push({ Role: role(mine, { Policies: [{ PolicyName: 'all', PolicyDocument: everything }] }) });
    const iam = new IAMClient({ ...client, credentials: world.session(roleArn(mine)) });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'administrator' }))).rejects.toThrow(
      `is not authorized to perform: iam:GetRole on resource: ${roleArn('administrator')} ` +
        'because no permissions boundary allows the iam:GetRole action',
    );
    iam.destroy();
  });

  test('nor by a rewritten boundary', async () => {
    const { document } = world.iam.managedPolicy(BOUNDARY);
    await push({ Policy: managedPolicy('greeter-staging-boundary', everything, { Path: '/release/' }) });
    expect(world.iam.managedPolicy(BOUNDARY).document).toBe(document);
  });
});

describe('the Deploy action cannot act with another role', () => {
  const TemplateBody = JSON.stringify({ Resources: { Role: role(mine) } });
  const create = async (RoleARN: string | undefined, StackName = SERVICE_STACK) => {
    const credentials = world.session(roleArn('release/greeter-staging-deploy'));
    const deployer = new CloudFormationClient({ ...client, credentials });
    const request = { StackName, ChangeSetName: 'mine', ChangeSetType: 'CREATE', TemplateBody, RoleARN } as const;
    const Capabilities: Capability[] = ['CAPABILITY_NAMED_IAM'];
    try {
      return await deployer.send(new CreateChangeSetCommand({ ...request, Capabilities }));
    } finally {
      deployer.destroy();
    }
  };
  const session = `arn:aws:sts::${accountId}:assumed-role/greeter-staging-deploy/tester`;
  const refused = (action: string) => `User: ${session} is not authorized to perform: ${action} on resource: `;

  test.each([
    ['with its own permissions', undefined, SERVICE_STACK],
    ['with a foreign role', roleArn('administrator'), SERVICE_STACK],
    ["with production's role", roleArn('release/greeter-production-cloudformation'), SERVICE_STACK],
    ["on production's stack", STACK_ROLE, 'greeter-production'],
  ])('%s', async (_, role, stack) => {
    await expect(create(role, stack)).rejects.toThrow(refused('cloudformation:CreateChangeSet'));
  });

  test('but with its own', async () => {
    expect((await create(STACK_ROLE)).Id).toContain('changeSet/mine');
  });
});

test('a template as `npm run package` writes it is deployed, changed and deleted under the same role', async () => {
  const bucket = { ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket', Properties: {} } };
  const result = await push(bucket);
  expect(failure(result)).toBeUndefined();
  const Bucket = result.stack.resources.get('ServerlessDeploymentBucket')!.physical.id;
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const Body = Buffer.from(zipSync({ 'index.js': Buffer.from('exports.handler = async () => {};') }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'code.zip', Body }));
  s3.destroy();

  const executionRole = { 'Fn::GetAtt': ['Role', 'Arn'] };
  const good = {
    ...bucket,
    Role: role(mine),
    Function: functionWith('greeter-staging-hello', executionRole, { Ref: 'ServerlessDeploymentBucket' }),
  };
  expect(failure(await push(good))).toBeUndefined();
  const changed = { ...good, Role: role(mine, { Policies: [] }) };
  expect(failure(await push(changed))).toBeUndefined();
  expect(world.iam.role(mine)).toMatchObject({ permissionsBoundary: BOUNDARY });
  expect([...world.iam.role(mine).inlinePolicies.keys()]).toEqual([]);
  expect(failure(await push(bucket))).toBeUndefined();
  expect(world.iam.findRole(mine)).toBeUndefined();
});
