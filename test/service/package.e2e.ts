import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { appSpec, FakeAws, fakeAwsEnv } from '../../canary-guard/test/hooks/fake-aws';
import checks from '../../service/checks.json';
import { hello } from '../../service/handler';
import { invokeBundle, type Packaged, packageService, removeDirectories } from '../support/package-service';
import { dependenciesOf, type GrantedStatement, type PackagedResource, statementsOf } from '../support/template';

const service = join(__dirname, '../../service');
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:alarms';

let prod: Packaged;
let staging: Packaged;
let resources: Packaged['template']['Resources'];

beforeAll(async () => {
  [prod, staging] = await Promise.all([
    packageService(service, { args: ['--stage', 'prod'] }),
    packageService(service, {
      args: ['--stage', 'staging', '--param=deploymentType=Linear10PercentEvery1Minute'],
      env: { ALARM_TOPIC_ARN: TOPIC },
    }),
  ]);
  resources = prod.template.Resources;
});
afterAll(removeDirectories);

const idsOf = (type: string) => Object.keys(resources).filter((id) => resources[id]!.Type === type);
const only = (type: string): PackagedResource => {
  expect(idsOf(type)).toHaveLength(1);
  return resources[idsOf(type)[0]!]!;
};
const versionId = () => idsOf('AWS::Lambda::Version').find((id) => id.startsWith('HelloLambdaVersion'))!;

test('sls packages the service without credentials, home directory or AWS configuration', () => {
  expect([prod.exitCode, staging.exitCode]).toEqual([0, 0]);
});

test('zips of the same code are the same, byte by byte, whatever the stage and the directory', () => {
  for (const name of ['hello', 'preTraffic', 'postTraffic']) {
    expect(prod.zip(name).equals(staging.zip(name))).toBe(true);
  }
});

test('a zip contains the bundle of its function only, and no trace of the directory it was made in', () => {
  const files = unzipSync(prod.zip('hello'));
  expect(Object.keys(files)).toEqual(['handler.js', 'handler.js.map']);
  for (const content of Object.values(files)) expect(Buffer.from(content).toString()).not.toContain('package-service-');
});

test('functions are on arm64 and the newest Node runtime, and their logs are kept for a month', () => {
  for (const id of idsOf('AWS::Lambda::Function')) {
    expect(resources[id]!.Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x' });
  }
  for (const id of idsOf('AWS::Logs::LogGroup')) expect(resources[id]!.Properties.RetentionInDays).toBe(30);
});

test('every physical name starts with service and stage', () => {
  const names = Object.values(resources).flatMap(({ Properties: p }) =>
    [p.FunctionName, p.RoleName, p.LogGroupName, p.AlarmName, p.DeploymentGroupName]
      .filter((name) => name !== undefined && !name.Ref)
      .map((name) => [name['Fn::Sub'] ?? name['Fn::Join']?.[1].slice(0, 2).join('-') ?? name].join()),
  );
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) expect(name).toMatch(/^(\/aws\/lambda\/)?canary-service-prod(-|$)/);
});

test('no resource depends on itself, directly or indirectly', () => {
  const visited = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    expect(path.includes(id) ? [...path, id].join(' → ') : 'no cycle').toBe('no cycle');
    if (visited.has(id)) return;
    for (const next of dependenciesOf(resources[id]!, resources)) visit(next, [...path, id]);
    visited.add(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  expect(visited.size).toBe(Object.keys(resources).length);
});

describe('the canary', () => {
  test('shifts a tenth for five minutes in prod, all at once elsewhere, and as --param=deploymentType says', () => {
    const { params } = parse(readFileSync(join(service, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
    expect(params.default.deploymentType).toBe('AllAtOnce');
    expect(deploymentType(prod)).toBe('Canary10Percent5Minutes');
    expect(deploymentType(staging)).toBe('Linear10PercentEvery1Minute');
  });

  test('shifts the alias Live to the packaged version, between the two hooks', () => {
    const alias = only('AWS::Lambda::Alias');
    expect(alias.Properties).toEqual({
      Name: 'Live',
      FunctionName: { Ref: 'HelloLambdaFunction' },
      FunctionVersion: { 'Fn::GetAtt': [versionId(), 'Version'] },
    });
    expect(alias.UpdatePolicy.CodeDeployLambdaAliasUpdate).toMatchObject({
      BeforeAllowTrafficHook: { Ref: 'PreTrafficLambdaFunction' },
      AfterAllowTrafficHook: { Ref: 'PostTrafficLambdaFunction' },
    });
  });

  test('is what the API calls', () => {
    const called = JSON.stringify(only('AWS::ApiGatewayV2::Integration').Properties.IntegrationUri);
    expect(called).toContain('{"Ref":"HelloLambdaFunctionAliasLive"}');
    expect(called).not.toContain('HelloLambdaFunction"');
  });

  test('is rolled back on a failure, an alarm and a stop', () => {
    expect(only('AWS::CodeDeploy::DeploymentGroup').Properties.AutoRollbackConfiguration).toEqual({
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
    });
  });
});

describe('the alarms', () => {
  test('are attached to the deployment group, every one by the logical id of an alarm that exists', () => {
    const { Alarms, Enabled } = only('AWS::CodeDeploy::DeploymentGroup').Properties.AlarmConfiguration;
    const attached = Alarms.map(({ Name }: { Name: { Ref: string } }) => Name.Ref);
    expect(Enabled).toBe(true);
    expect(attached).toEqual(idsOf('AWS::CloudWatch::Alarm'));
  });

  const FunctionName = { Name: 'FunctionName', Value: { Ref: 'HelloLambdaFunction' } };
  const both = [FunctionName, { Name: 'Resource', Value: { 'Fn::Sub': `\${HelloLambdaFunction}:Live` } }];
  const alone = () => [...both, { Name: 'ExecutedVersion', Value: { 'Fn::Sub': `\${${versionId()}.Version}` } }];
  const api = [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }];
  /** @returns The metrics that an alarm calculates with, each with its statistic, period and dimensions. */
  const metricsOf = (id: string) =>
    resources[id]!.Properties.Metrics.filter((each: PackagedResource['Properties']) => each.MetricStat).map(
      ({ MetricStat: { Metric, Stat, Period } }: PackagedResource['Properties']) => [
        `${Metric.Namespace} ${Metric.MetricName} ${Stat} ${Period}`,
        Metric.Dimensions,
      ],
    );

  test('compare the errors of the version being released with those of both versions', () => {
    expect(metricsOf('HelloNewVersionErrorsAlarm')).toEqual([
      ['AWS/Lambda Invocations Sum 300', alone()],
      ['AWS/Lambda Errors Sum 300', alone()],
      ['AWS/Lambda Invocations Sum 300', both],
      ['AWS/Lambda Errors Sum 300', both],
    ]);
    expect(resources.HelloNewVersionErrorsAlarm!.Properties).toMatchObject({ Threshold: 2, EvaluationPeriods: 1 });
  });

  test('compare the latency of the version being released, in the median and in the mean', () => {
    expect(metricsOf('HelloNewVersionLatencyAlarm')).toEqual([
      ['AWS/Lambda Invocations Sum 60', alone()],
      ['AWS/Lambda Duration Sum 60', alone()],
      ['AWS/Lambda Duration p50 60', alone()],
      ['AWS/Lambda Invocations Sum 60', both],
      ['AWS/Lambda Duration Sum 60', both],
      ['AWS/Lambda Duration p50 60', both],
    ]);
    expect(resources.HelloNewVersionLatencyAlarm!.Properties).toMatchObject({
      Threshold: 2,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
  });

  test('subtract the errors that Lambda counts from the server errors of the API', () => {
    expect(metricsOf('HelloApiServerErrorsAlarm')).toEqual([
      ['AWS/ApiGateway 5xx Sum 60', api],
      ['AWS/ApiGateway Count Sum 60', api],
      ['AWS/Lambda Errors Sum 60', both],
    ]);
    expect(resources.HelloApiServerErrorsAlarm!.Properties).toMatchObject({
      Threshold: 0.3,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
  });

  test('count what Lambda throttles, of both versions', () => {
    expect(metricsOf('HelloThrottlesAlarm')).toEqual([
      ['AWS/Lambda Throttles Sum 60', both],
      ['AWS/Lambda Invocations Sum 60', both],
    ]);
    expect(resources.HelloThrottlesAlarm!.Properties).toMatchObject({
      Threshold: 1,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
  });

  test('that compare have one value each, a label on everything, and no property of a single metric', () => {
    const compared = idsOf('AWS::CloudWatch::Alarm').filter((id) => resources[id]!.Properties.Metrics);
    expect(compared).toHaveLength(4);
    for (const id of compared) {
      const { Metrics, ...properties } = resources[id]!.Properties;
      expect(Metrics.filter((each: PackagedResource['Properties']) => each.ReturnData)).toEqual([Metrics.at(-1)]);
      for (const { Label, ReturnData } of Metrics)
        expect([typeof Label, typeof ReturnData]).toEqual(['string', 'boolean']);
      expect(Object.keys(properties).join()).not.toMatch(/Namespace|MetricName|Statistic|Dimensions|(^|,)Period/);
      expect(properties).toMatchObject({
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    }
  });

  test.each(['PreTraffic', 'PostTraffic'])('notice a crash of the hook %s', (hook) => {
    expect(resources[`${hook}HookCrashesAlarm`]!.Properties).toMatchObject({
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: `${hook}LambdaFunction` } }],
      Statistic: 'Sum',
      Threshold: 1,
    });
  });

  test('of a version have its number in their name, so that the next version starts with new ones', () => {
    const name = (id: string) => resources[id]!.Properties.AlarmName;
    const version = `\${${versionId()}.Version}`;
    expect(name('HelloNewVersionErrorsAlarm')).toEqual({ 'Fn::Sub': `canary-service-prod-hello-v${version}-errors` });
    expect(name('HelloNewVersionLatencyAlarm')).toEqual({ 'Fn::Sub': `canary-service-prod-hello-v${version}-latency` });
    expect(name('HelloThrottlesAlarm')).toEqual({ 'Fn::Sub': `canary-service-prod-hello-v${version}-throttles` });
  });

  test('notify the topic that ALARM_TOPIC_ARN names, and none without it', () => {
    for (const id of idsOf('AWS::CloudWatch::Alarm')) {
      expect(resources[id]!.Properties.AlarmActions).toEqual([]);
      expect(staging.template.Resources[id]!.Properties.AlarmActions).toEqual([TOPIC]);
    }
    for (const { template } of [prod, staging]) {
      expect(Object.values(template.Resources).map(({ Type }) => Type)).not.toContain('AWS::SNS::Topic');
    }
  });
});

describe('the hooks', () => {
  test('know the functions that they guard, and have a minute', () => {
    for (const hook of ['PreTraffic', 'PostTraffic']) {
      const { Environment, Timeout } = resources[`${hook}LambdaFunction`]!.Properties;
      expect(JSON.parse(Environment.Variables.GUARDED_FUNCTIONS)).toEqual({ 'canary-service-prod-': ['hello'] });
      expect(Timeout).toBe(60);
    }
    expect(JSON.stringify(resources.HelloLambdaFunction)).not.toContain('GUARDED_FUNCTIONS');
  });

  test('require a hundred requests of a new version, and send the missing ones themselves', () => {
    const { Variables } = resources.PostTrafficLambdaFunction!.Properties.Environment;
    expect(Variables).toMatchObject({ MINIMUM_REQUESTS: '100', TOO_FEW_REQUESTS: 'make-traffic' });
  });
});

describe('the roles', () => {
  const grantsOf = (id: string) => statementsOf(resources[id]!).map(({ Action, Resource }) => [Action, Resource]);
  const group =
    `arn:\${AWS::Partition}:codedeploy:\${AWS::Region}:\${AWS::AccountId}:deploymentgroup:` +
    `\${CanaryserviceprodDeploymentApplication}/canary-service-prod-HelloLambdaFunctionDeploymentGroup`;
  const report = [
    ['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'],
    [{ 'Fn::Sub': group }],
  ];
  const readMetrics = [['cloudwatch:GetMetricData'], ['*']];
  const logTo = (logGroup: string) => [
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [{ 'Fn::GetAtt': [logGroup, 'Arn'] }],
  ];

  test('are separate for each hook, and shared by the other functions', () => {
    const roles = idsOf('AWS::Lambda::Function').map((id) => [id, resources[id]!.Properties.Role['Fn::GetAtt'][0]]);
    expect(Object.fromEntries(roles)).toEqual({
      HelloLambdaFunction: 'IamRoleLambdaExecution',
      PreTrafficLambdaFunction: 'PreTrafficLambdaFunctionRole',
      PostTrafficLambdaFunction: 'PostTrafficLambdaFunctionRole',
    });
  });

  test('let the API’s function write logs, and nothing else', () => {
    expect(grantsOf('IamRoleLambdaExecution').flatMap(([action]) => action)).toEqual([
      'logs:CreateLogStream',
      'logs:CreateLogGroup',
      'logs:TagResource',
      'logs:PutLogEvents',
    ]);
  });

  test('let a hook report on its deployment group, find and invoke the versions under test, and count requests', () => {
    const application = `application:\${CanaryserviceprodDeploymentApplication}`;
    const revisions = `arn:\${AWS::Partition}:codedeploy:\${AWS::Region}:\${AWS::AccountId}:${application}`;
    for (const hook of ['PreTraffic', 'PostTraffic']) {
      expect(grantsOf(`${hook}LambdaFunctionRole`)).toEqual([
        logTo(`${hook}LogGroup`),
        report,
        [['codedeploy:GetApplicationRevision'], [{ 'Fn::Sub': revisions }]],
        [['lambda:InvokeFunction'], [{ 'Fn::Sub': `\${HelloLambdaFunction.Arn}:*` }]],
        readMetrics,
      ]);
    }
  });

  test('let CodeDeploy shift this alias, invoke these hooks and read alarms', () => {
    expect(only('AWS::CodeDeploy::DeploymentGroup').Properties.ServiceRoleArn).toEqual({
      'Fn::GetAtt': ['CodeDeployRole', 'Arn'],
    });
    expect(grantsOf('CodeDeployRole')).toEqual([
      [
        ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
        [{ 'Fn::GetAtt': ['HelloLambdaFunction', 'Arn'] }, { 'Fn::Sub': `\${HelloLambdaFunction.Arn}:*` }],
      ],
      [
        ['lambda:InvokeFunction'],
        [{ 'Fn::GetAtt': ['PreTrafficLambdaFunction', 'Arn'] }, { 'Fn::GetAtt': ['PostTrafficLambdaFunction', 'Arn'] }],
      ],
      [['cloudwatch:DescribeAlarms'], ['*']],
    ]);
  });

  test('grant no action by wildcard, nothing on everything but reading alarms and metrics, and no managed policy', () => {
    const roles = idsOf('AWS::IAM::Role');
    expect(roles).toHaveLength(4);
    const onEverything: GrantedStatement[] = [];
    for (const id of roles) {
      expect(resources[id]!.Properties.ManagedPolicyArns).toBeUndefined();
      for (const policy of statementsOf(resources[id]!)) {
        expect([policy.Action].flat().join()).not.toContain('*');
        if ([policy.Resource].flat().includes('*')) onEverything.push(policy);
      }
    }
    expect(onEverything.map(({ Action }) => Action).sort()).toEqual([
      ['cloudwatch:DescribeAlarms'],
      ['cloudwatch:GetMetricData'],
      ['cloudwatch:GetMetricData'],
    ]);
  });
});

test('the packaged pre-traffic hook, in a separate process, runs its checks on both versions and reports', async () => {
  const aws = await FakeAws.start();
  const content = appSpec('canary-service-prod-hello', '42', '41');
  aws.deployment = { revision: { revisionType: 'String', string: { content } } };
  aws.invoke = async (event, version) => ({ payload: await hello(event, { functionVersion: version! }) });
  const { GUARDED_FUNCTIONS } = resources.PreTrafficLambdaFunction!.Properties.Environment.Variables;
  try {
    await invokeBundle(prod.zip('preTraffic'), 'hooks/pre-traffic.js', {
      event: { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'h-1' },
      env: { ...fakeAwsEnv(aws), GUARDED_FUNCTIONS },
    });
  } finally {
    aws.stop();
  }
  const requestsTo = (version: string) =>
    new Set(
      aws.invocations
        .filter(({ qualifier }) => qualifier === version)
        .map(({ event }) => `${event.rawPath}?${event.rawQueryString}`),
    );
  expect(requestsTo('42').size).toBe(checks.length);
  expect(requestsTo('41')).toEqual(requestsTo('42'));
  expect(aws.reports).toMatchObject([{ status: 'Succeeded' }]);
});

function deploymentType({ template }: Packaged): string {
  const group = template.Resources.HelloLambdaFunctionDeploymentGroup!;
  return group.Properties.DeploymentConfigName['Fn::Sub'][1].ConfigName;
}
