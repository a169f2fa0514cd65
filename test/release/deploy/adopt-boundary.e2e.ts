import { setTimeout as sleep } from 'node:timers/promises';
import { adoptBoundary } from '../../../release/deploy/adopt-boundary';
import type { ServicePackage } from '../../../release/deploy/service-package';
import { SmallAccount, scope, target } from '../small-account';

let account: SmallAccount;

beforeEach(async () => {
  account = await SmallAccount.open();
  const role = account.iam.createRole({ name: 'cloudformation', trustPolicy: trusting('cloudformation') });
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'iam:DeleteRolePermissionsBoundary', Resource: '*' },
  ];
  role.inlinePolicies.set('service', { Version: '2012-10-17', Statement });
  account.iam.createManagedPolicy('shop-prod-boundary', '/release/', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }],
  });
});
afterEach(() => account.close());

// biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Fn::Sub
const BOUNDARY = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/release/shop-prod-boundary' };

const trusting = (service: string) => ({
  Version: '2012-10-17' as const,
  Statement: [
    { Effect: 'Allow' as const, Action: 'sts:AssumeRole', Principal: { Service: `${service}.amazonaws.com` } },
  ],
});

const role = (more: object) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trusting('lambda'),
    ...more,
  },
});

/** The roles of the version that is deployed. */
const DEPLOYED = { Hello: role({ RoleName: 'shop-prod-hello' }), Removed: role({ RoleName: 'shop-prod-removed' }) };

/** A package whose role has the boundary. */
const withBoundary = () =>
  account.writePackage('prod', {
    service: {
      service: 'shop',
      provider: {
        region: target.region,
        compiledCloudFormationTemplate: {
          Resources: { Hello: role({ RoleName: 'shop-prod-hello', PermissionsBoundary: BOUNDARY }) },
        },
      },
    },
    package: { artifactDirectoryName: 'serverless/shop/prod/1-2030-01-01T00:00:00.000Z' },
  });

async function deploy(Resources: object, tags: Readonly<Record<string, string>> = {}): Promise<void> {
  const template = { body: JSON.stringify({ Resources }) };
  const capabilities = ['CAPABILITY_NAMED_IAM'];
  await account.region.cloudFormation.deploy({ stackName: target.stackName, template, capabilities, tags });
}

const adopt = (service: ServicePackage, repository = 'acme/shop') =>
  adoptBoundary({
    clients: account.clients,
    s3: account.s3,
    stackName: target.stackName,
    repository,
    cloudFormationRole: account.iam.role('cloudformation').arn,
    service,
    pause: () => sleep(2),
    maxReads: 1_000,
  });

const ARN = `arn:aws:iam::${scope.accountId}:policy/release/shop-prod-boundary`;

const boundaryOf = (name: string) => account.iam.role(name).permissionsBoundary;

/** Logical ids of the resources that were updated in place. */
const changed = () =>
  account.region.cloudFormation
    .events(target.stackName)
    .filter(({ status, type }) => status === 'UPDATE_COMPLETE' && type !== 'AWS::CloudFormation::Stack')
    .map(({ logicalId }) => logicalId)
    .sort();

const group = (LogGroupName: string) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName } });

test('the roles of a deployed stack get the boundary in an update that changes nothing else, once', async () => {
  const tags = { team: 'orders', 'pipeline:repository': 'Acme/Shop' };
  await deploy(
    { ...DEPLOYED, ...(await account.package({ code: 'exports.handler = async () => 1' })).resources },
    tags,
  );
  const before = await account.versions();
  expect(await adopt(withBoundary())).toEqual({ adopted: ['Hello', 'Removed'], outOfReach: [] });
  expect(['shop-prod-hello', 'shop-prod-removed'].map(boundaryOf)).toEqual([ARN, ARN]);
  expect(await account.versions()).toEqual(before);
  expect(account.region.cloudFormation.stack(target.stackName)?.settings.tags).toEqual(tags);
  expect(changed()).toEqual(['Hello', 'Removed']);
  expect(await adopt(withBoundary())).toEqual({ adopted: [], outOfReach: [] });
});

test('a template that is too long for a request is put into the deployment bucket', async () => {
  const padding = Array.from({ length: 100 }, (_, at) => [`Group${at}`, group(`shop-prod-${at}-${'x'.repeat(450)}`)]);
  const bucket = {
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'shop-deployments' } },
  };
  const before = { ...DEPLOYED, ...bucket, ...Object.fromEntries(padding) };
  expect(JSON.stringify(before).length).toBeGreaterThan(51_200);
  await account.region.cloudFormation.deploy({
    stackName: target.stackName,
    template: { url: await account.putTemplate(before) },
    capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  expect((await adopt(withBoundary())).adopted).toEqual(['Hello', 'Removed']);
  expect(boundaryOf('shop-prod-hello')).toBe(ARN);
});

test('a role whose name CloudFormation shortened is reported, not changed', async () => {
  await deploy({ Hello: role({ RoleName: 'sho-Hello-1A2B' }) });
  expect(await adopt(withBoundary())).toEqual({ adopted: [], outOfReach: ['sho-Hello-1A2B'] });
  expect(boundaryOf('sho-Hello-1A2B')).toBeUndefined();
});

test('a package that changes whom a deployed role trusts is refused, with a way that works', async () => {
  await deploy({ Hello: role({ RoleName: 'shop-prod-hello', AssumeRolePolicyDocument: trusting('states') }) });
  await expect(adopt(withBoundary())).rejects.toMatchObject({
    code: 'TRUST_CHANGED',
    message:
      "the package changes the trust policy (AssumeRolePolicyDocument) of Hello in stack 'shop-prod', which the pipeline's " +
      'roles may not; give the role a new logical id, and another RoleName if it has one, so that CloudFormation makes a new role',
  });
});

test('nothing is done to a stack of another repository, to one that does not exist, or by a package without a boundary', async () => {
  const nothing = { adopted: [], outOfReach: [] };
  expect(await adopt(withBoundary())).toEqual(nothing);
  await deploy(DEPLOYED, { 'pipeline:repository': 'acme/store' });
  expect(await adopt(withBoundary())).toEqual(nothing);
  expect(await adopt(await account.package({ code: '1' }), 'acme/store')).toEqual(nothing);
  expect(boundaryOf('shop-prod-hello')).toBeUndefined();
});
