import { pipelineConfig } from '../../../../lib/config/pipeline-config';
import { findBreaches } from '../../../../lib/service/contract/check-contract';
import { UNKNOWN_ACCOUNT } from '../../../../lib/service/contract/packaged-service';
import { findMissingPermissions } from '../../../../lib/service/contract/stack-permissions';
import { smallPackage } from './small-package';

type Resources = NonNullable<Parameters<typeof smallPackage>[0]>['resources'];

/** @returns The permissions that a remedy says to write, accepted by the configuration. */
function permissionsIn(remedies: readonly string[]) {
  const written = remedies.map((remedy) => remedy.slice(remedy.indexOf('{')));
  return pipelineConfig({
    repository: 'acme/shop',
    branch: 'main',
    environments: [{ name: 'prod' }],
    deployPermissions: JSON.parse(`[${written.join(',')}]`),
  }).deployPermissions;
}

const own = {
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName: 'shop-prod-own', Role: 'arn:aws:iam::111111111111:role/shop-prod-own' },
};

test.each<[string, Resources, string]>([
  [
    'a table',
    { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'shop-prod-orders' } } },
    'dynamodb:CreateTable',
  ],
  ['a table with a generated name', { Table: { Type: 'AWS::DynamoDB::Table' } }, 'dynamodb:CreateTable'],
  ['a queue', { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } } }, 'sqs:CreateQueue'],
  ['a topic', { Topic: { Type: 'AWS::SNS::Topic' } }, 'sns:CreateTopic'],
  ['a bucket', { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'acme-files' } } }, 's3:CreateBucket'],
  [
    "a queue's events",
    {
      own,
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: { Ref: 'own' }, EventSourceArn: 'arn:aws:sqs:eu-central-1:111111111111:orders' },
      },
    },
    'lambda:CreateEventSourceMapping',
  ],
  [
    'a role with a path',
    { Role: { Type: 'AWS::IAM::Role', Properties: { Path: '/team/', RoleName: 'shop-prod-role' } } },
    'iam:CreateRole',
  ],
  [
    "a role with one of AWS's wide policies",
    {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { RoleName: 'shop-prod-role', ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'] },
      },
    },
    'iam:AttachRolePolicy',
  ],
])('%s needs permissions, which the remedy has and which are enough', (_, resources, action) => {
  const found = findBreaches(smallPackage({ resources }));
  expect(found.length).toBeGreaterThan(0);
  for (const breach of found)
    expect(breach).toMatchObject({ severity: 'error', path: expect.stringMatching(/^Resources\.\w+$/) });
  expect(found.map(({ remedy }) => remedy).join(' ')).toContain(`"${action}"`);
  const deployPermissions = permissionsIn(found.map(({ remedy }) => remedy));
  expect(findBreaches(smallPackage({ resources, deployPermissions }))).toEqual([]);
});

test('the permissions are limited to the names of the stack', () => {
  const Table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'shop-prod-orders' } };
  const [breach] = findBreaches(smallPackage({ resources: { Table } }));
  expect(breach).toMatchObject({
    path: 'Resources.Table',
    value: 'AWS::DynamoDB::Table',
    problem: expect.stringMatching(
      /may not call dynamodb:CreateTable on arn:aws:dynamodb:eu-central-1:111111111111:table\/shop-prod-orders, and \d+ other actions$/,
    ),
    remedy: expect.stringContaining('"resources":["arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*"]'),
  });
});

test('what sls and canary-guard generate needs no permission in addition', () => {
  const resources: Resources = {
    own,
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/shop-prod-own' } },
    Bucket: { Type: 'AWS::S3::Bucket' },
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
  };
  const { Bucket: _, ...generated } = resources;
  expect(findBreaches(smallPackage({ resources: generated }))).toEqual([]);
  expect(findBreaches(smallPackage({ resources }))).toMatchObject([{ path: 'Resources.Bucket' }]);
});

test('types of which the calls are not known are named once, as unchecked', () => {
  const resources = {
    A: { Type: 'AWS::Neptune::DBCluster' },
    B: { Type: 'AWS::Neptune::DBCluster' },
    C: { Type: 'AWS::DAX::Cluster' },
  };
  expect(findBreaches(smallPackage({ resources }))).toEqual([
    expect.objectContaining({
      severity: 'warning',
      path: 'Resources',
      value: 'AWS::Neptune::DBCluster, AWS::DAX::Cluster',
    }),
  ]);
});

test('where the account is not known, an ARN of any account may be of the environment', () => {
  const service = smallPackage({ resources: { own } });
  const elsewhere = { ...service, stack: { ...service.stack, account: '222222222222' } };
  const unknown = { ...service, stack: { ...service.stack, account: UNKNOWN_ACCOUNT } };
  expect(findBreaches(elsewhere)).toMatchObject([{ problem: expect.stringContaining('may not call iam:PassRole') }]);
  expect(findBreaches(unknown)).toEqual([]);
});

test('a role that every release is denied has no permissions to write', () => {
  const Role = {
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: 'shop-prod-role', PermissionsBoundary: 'arn:aws:iam::1:policy/own' },
  };
  expect(findBreaches(smallPackage({ resources: { Role } }))).toMatchObject([
    {
      path: 'Resources.Role',
      remedy: expect.stringMatching(/^no deployPermissions allow it: a role needs the permissions boundary/),
    },
  ]);
});

test('a policy that stands next to its role, as CDK writes it, is put on a role with the permissions boundary', () => {
  const Statement = [
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-central-1:1:shop-prod-a' },
  ];
  const policy = (role: unknown) => ({
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyName: 'own', PolicyDocument: { Statement }, Roles: [role] },
  });
  const Role = { Type: 'AWS::IAM::Role', Properties: {} };
  expect(findMissingPermissions(smallPackage({ resources: { Role, Policy: policy({ Ref: 'Role' }) } }))).toEqual([]);
  expect(findMissingPermissions(smallPackage({ resources: { Role, Policy: policy('of-another') } }))).toMatchObject([
    { path: 'Resources.Policy', problem: expect.stringContaining('iam:PutRolePolicy') },
  ]);
});
