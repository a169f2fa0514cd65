import { readService } from '../../benchmark/packaged-service';

const ref = (Ref: string) => ({ Ref });
const named = (FunctionName: string, more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName, ...more },
});
const sample = { MINIMUM_REQUESTS: '50', TOO_FEW_REQUESTS: 'refuse' };

const resources = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
  Hello: named('shop-hello', { Environment: { Variables: { TABLE: 't' } } }),
  HelloVersionX: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: ref('Hello') } },
  Pre: named('shop-pre', { Timeout: 60 }),
  Post: named('shop-post', { Timeout: 30, Environment: { Variables: sample } }),
  Alias: {
    Type: 'AWS::Lambda::Alias',
    Properties: { FunctionName: ref('Hello'), Name: 'Live' },
    UpdatePolicy: {
      CodeDeployLambdaAliasUpdate: {
        BeforeAllowTrafficHook: ref('Pre'),
        AfterAllowTrafficHook: ref('Post'),
        DeploymentGroupName: ref('Group'),
      },
    },
  },
  Group: {
    Type: 'AWS::CodeDeploy::DeploymentGroup',
    Properties: {
      DeploymentConfigName: {
        'Fn::Sub': ['CodeDeployDefault.Lambda(type)', { ConfigName: 'Canary10Percent5Minutes' }],
      },
      AlarmConfiguration: { Alarms: [{ Name: ref('Errors') }] },
    },
  },
  Errors: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: { 'Fn::Join': ['', ['shop-v', { 'Fn::GetAtt': ['HelloVersionX', 'Version'] }, '-errors']] },
      Dimensions: [{ Name: 'FunctionName', Value: ref('Hello') }],
    },
  },
  Spare: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { AlarmName: 'api', Dimensions: [{ Name: 'ApiId', Value: ref('Api') }] },
  },
};

test('a packaged service gives its function, its hooks and its configurations', () => {
  const { service, configurations } = readService(resources);
  expect(service).toMatchObject({
    functionName: 'shop-hello',
    alias: 'Live',
    timeout: 3_000,
    variables: ['TABLE'],
    preTrafficHook: 'shop-pre',
    postTrafficHook: 'shop-post',
    preTrafficTimeout: 60_000,
    postTrafficTimeout: 30_000,
    minimumRequests: 50,
    tooFewRequests: 'refuse',
  });
  expect(configurations.map(({ name, deploymentType }) => [name, deploymentType])).toEqual([
    ['ours', 'Canary10Percent5Minutes'],
    ['ours-10-minutes', 'Canary10Percent10Minutes'],
  ]);
});

test('its alarms are resolved, with whether they are attached and whether each release makes them', () => {
  expect(readService(resources).configurations[0]!.alarms).toMatchObject([
    {
      name: 'Errors',
      attached: true,
      ofRelease: true,
      properties: { AlarmName: 'shop-v2-errors', Dimensions: [{ Value: 'shop-hello' }] },
    },
    { name: 'Spare', attached: false, ofRelease: false, properties: { AlarmName: 'api' } },
  ]);
});

test.each([
  [
    'no canary',
    { Hello: resources.Hello },
    'the service has 0 functions with a canary; the comparison needs exactly one',
  ],
  [
    'an attached alarm that is not one',
    {
      ...resources,
      Errors: resources.Spare,
      Spare: resources.Errors,
      Group: {
        ...resources.Group,
        Properties: { ...resources.Group.Properties, AlarmConfiguration: { Alarms: [{ Name: ref('Api') }] } },
      },
    },
    'the deployment group watches Api, which the template does not define as alarms',
  ],
  [
    'invalid settings',
    { ...resources, Post: named('shop-post', { Environment: { Variables: { ...sample, MINIMUM_REQUESTS: 'many' } } }) },
    "MINIMUM_REQUESTS is 'many'",
  ],
])('a package with %s is refused', (_, given, message) => {
  expect(() => readService(given)).toThrow(message);
});
