import { findBreaches } from '../../../../lib/service/contract/check-contract';
import { renderBreaches } from '../../../../lib/service/contract/contract-breach';
import { findDeploymentRole } from '../../../../lib/service/contract/deployment-role';
import { smallPackage } from './small-package';

const functionNamed = (FunctionName: unknown) => ({
  Own: { Type: 'AWS::Lambda::Function', Properties: { FunctionName } },
});
const group = (type: string) => ({
  Type: 'AWS::CodeDeploy::DeploymentGroup',
  Properties: {
    ApplicationName: 'shop-prod-application',
    DeploymentGroupName: 'shop-prod-hello',
    DeploymentConfigName: `CodeDeployDefault.Lambda${type}`,
    ServiceRoleArn: { 'Fn::GetAtt': ['ServiceRole', 'Arn'] },
  },
});

const ServiceRole = {
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: { 'Fn::Sub': `shop-prod-\${AWS::Region}-codedeploy` } },
};

const ROLE = 'arn:aws:iam::111111111111:role/release/shop-prod-cloudformation';

test.each([
  ['is missing', undefined],
  ['is nothing', { deploymentRole: null }],
  ['is another', { deploymentRole: 'arn:aws:iam::111111111111:role/mine' }],
])('a role for CloudFormation that %s is an error with the setting to write', (_, iam) => {
  const [breach, ...others] = findDeploymentRole(smallPackage({ provider: { iam } as object }), ROLE);
  expect(others).toEqual([]);
  expect(breach).toMatchObject({
    severity: 'error',
    path: 'provider.iam.deploymentRole',
    value: iam?.deploymentRole ? JSON.stringify(iam.deploymentRole) : undefined,
    remedy: `write deploymentRole: \${env:CLOUDFORMATION_ROLE_ARN, null}`,
  });
});

test("the environment's role for CloudFormation is no breach", () => {
  expect(findDeploymentRole(smallPackage({ provider: { iam: { deploymentRole: ROLE } } }), ROLE)).toEqual([]);
});

test.each<[string, Parameters<typeof smallPackage>[0], string]>([
  ['a stack of another name', { provider: { stackName: 'shop' } }, 'provider.stackName'],
  ['a bucket that exists', { provider: { deploymentBucket: 'acme-deployments' } }, 'provider.deploymentBucket.name'],
  [
    'a function of another name',
    { resources: functionNamed({ 'Fn::Sub': `legacy-\${AWS::Region}` }) },
    'Resources.Own.Properties.FunctionName',
  ],
  [
    "CodeDeploy's role that the plugin makes",
    {
      resources: {
        Group: group('AllAtOnce'),
        ServiceRole: {
          Type: 'AWS::IAM::Role',
          Properties: {
            ManagedPolicyArns: [
              'arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited',
              'arn:aws:iam::aws:policy/AWSLambda_FullAccess',
            ],
          },
        },
      },
    },
    'Resources.ServiceRole.Properties.ManagedPolicyArns',
  ],
  [
    'a deployment type that the service does not read',
    {
      environment: { name: 'prod', deploymentType: 'Canary10Percent5Minutes' },
      resources: { Group: group('AllAtOnce'), ServiceRole },
    },
    'pipeline.environments (prod).deploymentType in cdk.json',
  ],
])('%s is an error', (_, props, path) => {
  expect(findBreaches(smallPackage(props))).toEqual([expect.objectContaining({ severity: 'error', path })]);
});

test('a service as the pipeline needs it has no breach', () => {
  const service = smallPackage({
    environment: { name: 'prod', deploymentType: 'AllAtOnce' },
    provider: { stackName: 'shop-prod', deploymentBucket: null },
    resources: {
      ...functionNamed('shop-prod-hello'),
      Group: group('AllAtOnce'),
      ServiceRole,
    },
  });
  expect(findBreaches(service)).toEqual([]);
});

test('functions of one zip are a warning where a canary releases one of them', () => {
  const version = (id: string, CodeSha256: string) => ({
    Type: 'AWS::Lambda::Version',
    Properties: { FunctionName: { Ref: id }, CodeSha256 },
  });
  const { One, Two } = { One: functionNamed('shop-prod-one').Own, Two: functionNamed('shop-prod-two').Own };
  const resources = (hash: string) => ({
    One,
    Two,
    OneVersion: version('One', 'a'),
    TwoVersion: version('Two', hash),
    Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'One' }, Name: 'Live' } },
    Group: group('AllAtOnce'),
    ServiceRole,
  });
  expect(findBreaches(smallPackage({ resources: resources('b') }))).toEqual([]);
  expect(findBreaches(smallPackage({ resources: resources('a') }))).toMatchObject([
    { severity: 'warning', path: 'Resources.One.Properties.Code', value: 'the same zip as Two' },
  ]);
});

test('breaches are rendered with place, value and remedy, once for the environments that share them', () => {
  const breach = {
    severity: 'error',
    path: 'provider.stackName',
    value: '"shop"',
    problem: 'why',
    remedy: 'what',
  } as const;
  expect(
    renderBreaches([
      { environment: 'staging', breaches: [breach] },
      { environment: 'prod', breaches: [breach, { ...breach, severity: 'warning', path: 'other', value: undefined }] },
    ]),
  ).toBe(`✖ error provider.stackName (staging, prod)
  received: "shop"
  problem:  why
  remedy:   what

⚠ warning other (prod)
  received: nothing
  problem:  why
  remedy:   what`);
});

test('an event for which sls adds a function with the role of CloudFormation is one error, with what to write instead', () => {
  const id = 'CustomDashresourceDashexistingDashs3LambdaFunction';
  const resources = {
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'shop-prod-custom-resource-existing-s3', Role: ROLE },
    },
    HelloCustomS31: { Type: 'Custom::S3', Properties: { ServiceToken: { 'Fn::GetAtt': [id, 'Arn'] } } },
  };
  const provider = { iam: { deploymentRole: ROLE } };
  expect(findBreaches(smallPackage({ provider, resources }))).toEqual([
    expect.objectContaining({
      severity: 'error',
      path: `Resources.${id}.Properties.Role`,
      value: 'an s3 event with existing: true',
      remedy: expect.stringContaining('eventBridge event'),
    }),
  ]);
});

test('a name that S3 refuses for a bucket is an error with the reason', () => {
  const bucket = (BucketName: unknown) => ({ Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName } } });
  const breaches = (name: unknown) =>
    findBreaches(smallPackage({ resources: bucket(name) })).filter(({ path }) => path.endsWith('.BucketName'));
  expect(breaches({ 'Fn::Sub': `shop-prod-files-\${AWS::Region}` })).toEqual([]);
  expect(breaches({ 'Fn::Sub': `shop-prod-Files-\${AWS::Region}` })).toEqual([
    {
      severity: 'error',
      path: 'Resources.Files.Properties.BucketName',
      value: '"shop-prod-Files-eu-central-1"',
      problem:
        'the name contains something other than lower-case letters, digits, periods and hyphens, which S3 refuses',
      remedy: 'write another name, or remove it and CloudFormation makes one',
    },
  ]);
});
