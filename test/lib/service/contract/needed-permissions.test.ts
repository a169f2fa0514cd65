import { pipelineConfig } from '../../../../lib/config/pipeline-config';
import { findMissingPermissions } from '../../../../lib/service/contract/stack-permissions';
import { smallPackage } from './small-package';

type Resources = NonNullable<Parameters<typeof smallPackage>[0]>['resources'];

/** @returns The resources of every permission that the remedies have, accepted by the configuration. */
function written(resources: Resources, service = 'shop', stage = 'prod'): (readonly string[])[] {
  const environment = { name: stage };
  const found = findMissingPermissions(smallPackage({ service, environment, resources }));
  const texts = found.flatMap(({ remedy }) => {
    const [text = ''] = remedy.split('; and write');
    return text.includes('{') ? [text.slice(text.indexOf('{'))] : [];
  });
  const { deployPermissions } = pipelineConfig({
    repository: 'acme/shop',
    branch: 'main',
    environments: [environment],
    deployPermissions: JSON.parse(`[${texts.join(',')}]`),
  });
  const left = findMissingPermissions(smallPackage({ service, environment, resources, deployPermissions }));
  expect(left.filter(({ severity }) => severity === 'error')).toEqual([]);
  return deployPermissions.map((permission) => permission.resources);
}

const imported = { 'Fn::ImportValue': 'elsewhere' };
const arn = (service: string, resource: string) => `arn:{partition}:${service}:{region}:{account}:${resource}`;

test.each<[string, Resources, string[][]]>([
  ['a secret', { It: { Type: 'AWS::SecretsManager::Secret' } }, [[arn('secretsmanager', 'secret:{stack}-*')]]],
  ['a bucket', { It: { Type: 'AWS::S3::Bucket' } }, [['arn:{partition}:s3:::{stack}-*']]],
  [
    'a key and its alias',
    {
      Key: { Type: 'AWS::KMS::Key' },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/shop-prod-key', TargetKeyId: { Ref: 'Key' } } },
    },
    [['*'], [arn('kms', 'key/*')], [arn('kms', 'alias/{stack}-*'), arn('kms', 'key/*')]],
  ],
  [
    'a REST API and what is in it',
    {
      Api: { Type: 'AWS::ApiGateway::RestApi' },
      Path: {
        Type: 'AWS::ApiGateway::Resource',
        Properties: { RestApiId: { Ref: 'Api' }, ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] } },
      },
    },
    [['/restapis'], ['/restapis/*'], ['/restapis/*']].map((paths) =>
      paths.map((path) => `arn:{partition}:apigateway:{region}::${path}`),
    ),
  ],
  [
    'layers',
    {
      Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: { LayerName: 'shop-prod-fonts' } },
      Own: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: 'shop-prod-own', Layers: [{ Ref: 'Layer' }] },
      },
    },
    [[arn('lambda', 'layer:{stack}-*')], [arn('lambda', 'layer:{stack}-*:*')], [arn('lambda', 'layer:{stack}-*:*')]],
  ],
])('what AWS generates is a wildcard in the permissions to write: %s', (_, resources, expected) => {
  expect(written(resources)).toEqual(expected);
});

test('of a stack name that CloudFormation shortens, what it keeps at least is before the wildcard', () => {
  const CustomerDocumentsArchive = { Type: 'AWS::S3::Bucket' };
  expect(written({ CustomerDocumentsArchive }, 'Customer-Notification-Service', 'production')).toEqual([
    ['arn:{partition}:s3:::customer-notification-se*'],
  ]);
});

test.each<[string, Resources, string[][]]>([
  ['a topic', { It: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: imported } } }, [[arn('sns', '*')]]],
  [
    'a function',
    { It: { Type: 'Custom::Thing', Properties: { ServiceToken: imported } } },
    [[arn('lambda', 'function:*')]],
  ],
  [
    'a layer',
    { It: { Type: 'AWS::Lambda::Function', Properties: { Layers: [imported] } } },
    [[arn('lambda', 'layer:*')]],
  ],
])(
  'a resource that is imported is written as any of its type, which the configuration accepts: %s',
  (_, resources, expected) => {
    expect(written(resources)).toEqual(expected);
  },
);

test('a policy that is imported is a warning, and the remedy says which condition to write', () => {
  const Role = { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [imported] } };
  const [breach, ...others] = findMissingPermissions(smallPackage({ resources: { Role } }));
  expect(others).toEqual([]);
  expect(breach).toMatchObject({
    severity: 'warning',
    remedy: expect.stringContaining(
      'iam:AttachRolePolicy on arn:{partition}:iam::{account}:role/{stack}-* with the condition',
    ),
  });
  expect(breach!.remedy).toContain('"iam:PolicyARN":"ARN of the policy"');
  expect(breach!.remedy).not.toContain('"iam:PolicyARN":"*"');
});

test('what is imported and may be among what the role may do is a warning', () => {
  const Permission = { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: imported } };
  expect(findMissingPermissions(smallPackage({ resources: { Permission } }))).toMatchObject([
    { severity: 'warning', remedy: expect.stringMatching(/^nothing, if it is; or add/) },
  ]);
});
