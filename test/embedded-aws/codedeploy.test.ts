import {
  BatchGetDeploymentGroupsCommand,
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  GetApplicationCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListApplicationsCommand,
  ListDeploymentConfigsCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
  type ListDeploymentsCommandInput,
  ListDeploymentTargetsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { DEPLOYMENT_TYPES } from '../../aws-rules/traffic-shift';
import { AccessControl } from '../../embedded-aws/access/access-control';
import { VirtualClock } from '../../embedded-aws/clock';
import { CloudWatch } from '../../embedded-aws/cloudwatch/cloudwatch';
import { CodeDeploy } from '../../embedded-aws/codedeploy/codedeploy';
import type { DeploymentView } from '../../embedded-aws/codedeploy/deployment';
import type { StateChangeEvent } from '../../embedded-aws/codedeploy/state-change';
import { Endpoint } from '../../embedded-aws/endpoint';
import { AwsError } from '../../embedded-aws/errors';
import { Iam } from '../../embedded-aws/iam/iam';
import type { AliasShift } from '../../embedded-aws/lambda/alias-shift';
import type { AliasControl, AliasState, Invocation } from '../../embedded-aws/lambda/invocation';
import { Random } from '../../embedded-aws/random';
import type { Properties, ResourceContext } from '../../embedded-aws/resource-type';
import { authorizeUsers } from '../support/administrator';

const scope = { accountId: '111122223333', region: 'eu-central-1' };
const start = new Date('2026-11-20T09:00:00Z');
const stackId = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/hello-dev/1';

const SERVICE = 'codedeploy.amazonaws.com';

/** What a deployment does under its service role. */
const PERMISSIONS = [
  'cloudwatch:DescribeAlarms',
  'lambda:GetAlias',
  'lambda:GetProvisionedConcurrencyConfig',
  'lambda:InvokeFunction',
  'lambda:UpdateAlias',
];

/** A hook: what it does with CodeDeploy's event, and how long it takes in virtual milliseconds. */
type Hook = (event: Record<string, string>) => Promise<{ readonly duration: number; readonly crashed?: boolean }>;

/** Lambda with one alias, `hello:Live`, and the hooks of a test. */
class FakeLambda implements AliasControl {
  state: AliasState = { functionVersion: '1', weights: {} };
  refusal: AwsError | undefined;
  readonly hooks = new Map<string, Hook>();
  readonly invoked: { readonly at: number; readonly name: string; readonly event: Record<string, string> }[] = [];

  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  getAlias(functionName: string, alias: string): AliasState {
    if (`${functionName}:${alias}` === 'hello:Live') return this.state;
    throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${functionName}:${alias}`, 404);
  }

  setAlias(_functionName: string, _alias: string, state: AliasState): void {
    if (this.refusal && Object.keys(state.weights).length > 0) throw this.refusal;
    this.state = state;
  }

  async invoke(name: string, payload: string): Promise<Invocation> {
    const hook = this.hooks.get(name);
    if (!hook) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    const event = JSON.parse(payload);
    this.invoked.push({ at: this.#clock.now(), name, event });
    const { duration, crashed } = await hook(event);
    const result: Invocation = { executedVersion: '$LATEST', payload: 'null', duration };
    return crashed ? { ...result, functionError: 'Unhandled' } : result;
  }
}

describe('CodeDeploy', () => {
  let clock: VirtualClock;
  let lambda: FakeLambda;
  let cloudwatch: CloudWatch;
  let codedeploy: CodeDeploy;
  let iam: Iam;
  let endpoint: Endpoint;
  let client: CodeDeployClient;
  let notes: { readonly at: number; readonly reason: string }[];
  let events: StateChangeEvent[];

  beforeEach(async () => {
    clock = new VirtualClock(start);
    lambda = new FakeLambda(clock);
    notes = [];
    events = [];
    const random = new Random(7);
    cloudwatch = new CloudWatch({ scope, clock, random });
    const onStateChange = (event: StateChangeEvent) => events.push(event);
    iam = new Iam({ accountId: scope.accountId, clock, random: random.stream('iam') });
    iam.createRole({
      name: 'codedeploy',
      trustPolicy: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: SERVICE } } },
    });
    permit(PERMISSIONS);
    const { checkRole } = new AccessControl({ iam: () => iam });
    codedeploy = new CodeDeploy({ scope, clock, random, lambda, alarms: cloudwatch, checkRole, onStateChange });
    endpoint = new Endpoint({
      service: (name) => [codedeploy.api, cloudwatch.api].find((api) => api.signingName === name),
      authenticate: () => ({ ...scope, arn: 'arn:aws:iam::111122223333:user/test' }),
      authorize: authorizeUsers,
    });
    await endpoint.listen();
    client = new CodeDeployClient({
      endpoint: endpoint.url,
      region: scope.region,
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    await make('AWS::CodeDeploy::Application', { ApplicationName: 'hello-app', ComputePlatform: 'Lambda' });
  });

  afterEach(async () => {
    client.destroy();
    await endpoint.close();
  });

  /** Sets what the service role may do. */
  function permit(actions: readonly string[]) {
    iam
      .role('codedeploy')
      .inlinePolicies.set('own', { Statement: { Effect: 'Allow', Action: actions, Resource: '*' } });
  }

  const context = { scope, stackId, stackName: 'hello-dev', logicalId: 'Thing' } as ResourceContext;

  function make(type: string, properties: Properties) {
    const types = [...codedeploy.resourceTypes, ...cloudwatch.resourceTypes];
    return clock.spawn(() => types.find((each) => each.type === type)!.create(properties, context));
  }

  const everyRollback = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];

  /** Makes a deployment group as serverless-plugin-canary-deployments does. */
  function makeGroup(type: string, changes: Properties = {}) {
    return make('AWS::CodeDeploy::DeploymentGroup', {
      ApplicationName: 'hello-app',
      DeploymentGroupName: 'hello-group',
      DeploymentConfigName: `CodeDeployDefault.Lambda${type}`,
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: 'arn:aws:iam::111122223333:role/codedeploy',
      AutoRollbackConfiguration: { Enabled: true, Events: everyRollback },
      ...changes,
    });
  }

  function makeAlarm(name = 'hello-errors') {
    return make('AWS::CloudWatch::Alarm', {
      AlarmName: name,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: 'hello' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  }

  const watching = (...names: string[]) => ({
    AlarmConfiguration: { Enabled: true, Alarms: names.map((Name) => ({ Name })) },
  });

  /**
   * Shifts traffic as CloudFormation does.
   *
   * @returns The reason of the failure; undefined for a success.
   */
  async function shift(changes: Partial<AliasShift> = {}): Promise<string | undefined> {
    const aliasShift = {
      applicationName: 'hello-app',
      deploymentGroupName: 'hello-group',
      functionName: 'hello',
      alias: 'Live',
      currentVersion: '1',
      targetVersion: '2',
      stackId,
      ...changes,
    };
    try {
      await clock.spawn(() => codedeploy.shiftAlias(aliasShift, (reason) => notes.push({ at: clock.now(), reason })));
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  const reports =
    (status: 'Succeeded' | 'Failed', duration: number): Hook =>
    async (event) => {
      await client.send(
        new PutLifecycleEventHookExecutionStatusCommand({
          deploymentId: event.DeploymentId,
          lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
          status,
        }),
      );
      return { duration };
    };

  /** Runs work at a later instant; no time passes while it runs. */
  function inSeconds(seconds: number, work: () => Promise<void>): Promise<void> {
    return clock.spawn(async () => {
      await clock.sleep(seconds * 1_000);
      await work();
    });
  }

  /** Records one error of the function a second from now on, as traffic to a faulty version causes. */
  function fail(seconds: number): void {
    void clock.spawn(
      async () => {
        for (let second = 0; second < seconds; second += 1) {
          const dimensions = { FunctionName: 'hello' };
          cloudwatch.record({ namespace: 'AWS/Lambda', name: 'Errors', dimensions, value: 1, at: clock.now() });
          await clock.sleep(1_000);
        }
      },
      { daemon: true },
    );
  }

  const statuses = (deployment: DeploymentView) => deployment.lifecycle.map(({ name, status }) => `${name} ${status}`);

  /** Weights in percent by the second since the shift began. */
  function timeline(deployment: DeploymentView): (readonly [number, number])[] {
    const [, first] = deployment.weights;
    return deployment.weights.slice(1).map(({ at, weight }) => [(at - first!.at) / 1_000, weight * 100] as const);
  }

  async function describeDeployment(deploymentId: string) {
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
    return deploymentInfo!;
  }

  describe('the service role', () => {
    const without = (action: string) => PERMISSIONS.filter((permission) => permission !== action);

    test.each([
      ['lambda:GetAlias', 'AWSLambda', 'arn:aws:lambda:eu-central-1:111122223333:function:hello'],
      [
        'lambda:GetProvisionedConcurrencyConfig',
        'AWSLambda',
        'arn:aws:lambda:eu-central-1:111122223333:function:hello:Live',
      ],
      ['lambda:UpdateAlias', 'AWSLambda', 'arn:aws:lambda:eu-central-1:111122223333:function:hello'],
      ['lambda:InvokeFunction', 'AWSLambda', 'arn:aws:lambda:eu-central-1:111122223333:function:check'],
      ['cloudwatch:DescribeAlarms', 'AmazonCloudWatch', 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:*'],
    ])('a deployment fails when its role lacks %s', async (action, service, resource) => {
      permit(without(action));
      lambda.hooks.set('check', reports('Succeeded', 1_000));
      await makeAlarm();
      await makeGroup('AllAtOnce', watching('hello-errors'));
      const reason = await shift({ beforeAllowTrafficHook: 'check' });
      expect(reason).toContain('The IAM role arn:aws:iam::111122223333:role/codedeploy does not give you permission');
      expect(reason).toContain(`AWS service: ${service}.`);
      expect(reason).toContain(`not authorized to perform: ${action} on resource: ${resource} because`);
      const [deployment] = codedeploy.deployments();
      expect((await describeDeployment(deployment!.deploymentId)).errorInformation?.code).toBe('IAM_ROLE_PERMISSIONS');
      expect(lambda.state).toEqual({ functionVersion: '1', weights: {} });
    });

    test('a deployment that ignores unreadable alarms needs no permission to read them', async () => {
      permit(without('cloudwatch:DescribeAlarms'));
      const { AlarmConfiguration } = watching('hello-errors');
      await makeGroup('AllAtOnce', { AlarmConfiguration: { ...AlarmConfiguration, IgnorePollAlarmFailure: true } });
      expect(await shift()).toBeUndefined();
    });

    test('its trust policy may name the deployment group', async () => {
      const trust = (group: string) => ({
        Statement: {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: SERVICE },
          Condition: {
            ArnLike: { 'aws:SourceArn': `arn:aws:codedeploy:*:*:deploymentgroup:${group}` },
            StringEquals: { 'aws:SourceAccount': scope.accountId },
          },
        },
      });
      await makeGroup('AllAtOnce');
      iam.updateRole('codedeploy', { trustPolicy: trust('other-app/*') });
      expect(await shift()).toContain('because no role trust policy allows the sts:AssumeRole action');
      iam.updateRole('codedeploy', { trustPolicy: trust('hello-app/*') });
      expect(await shift()).toBeUndefined();
    });
  });

  describe('the nine presets', () => {
    const steps = (minutes: number) => Array.from({ length: 10 }, (_, i) => [i * minutes * 60, (i + 1) * 10]);

    test.each([
      ['AllAtOnce', [[0, 100]]],
      [
        'Canary10Percent5Minutes',
        [
          [0, 10],
          [300, 100],
        ],
      ],
      [
        'Canary10Percent10Minutes',
        [
          [0, 10],
          [600, 100],
        ],
      ],
      [
        'Canary10Percent15Minutes',
        [
          [0, 10],
          [900, 100],
        ],
      ],
      [
        'Canary10Percent30Minutes',
        [
          [0, 10],
          [1800, 100],
        ],
      ],
      ['Linear10PercentEvery1Minute', steps(1)],
      ['Linear10PercentEvery2Minutes', steps(2)],
      ['Linear10PercentEvery3Minutes', steps(3)],
      ['Linear10PercentEvery10Minutes', steps(10)],
    ])('%s shifts as its name says and ends at the new version without weights', async (type, expected) => {
      await makeGroup(type);
      expect(await shift()).toBeUndefined();
      const [deployment] = codedeploy.deployments();
      const weights = timeline(deployment!);
      expect(weights.map(([at, percent]) => [at, Math.round(percent)])).toEqual(expected);
      expect(lambda.state).toEqual({ functionVersion: '2', weights: {} });
    });

    test('are the only configurations by default', async () => {
      const { deploymentConfigsList } = await client.send(new ListDeploymentConfigsCommand({}));
      expect(deploymentConfigsList).toEqual(DEPLOYMENT_TYPES.map((name) => `CodeDeployDefault.Lambda${name}`));
      const deploymentConfigName = 'CodeDeployDefault.LambdaCanary10Percent5Minutes';
      const { deploymentConfigInfo } = await client.send(new GetDeploymentConfigCommand({ deploymentConfigName }));
      expect(deploymentConfigInfo).toMatchObject({
        computePlatform: 'Lambda',
        trafficRoutingConfig: {
          type: 'TimeBasedCanary',
          timeBasedCanary: { canaryPercentage: 10, canaryInterval: 5 },
        },
      });
    });
  });

  test('a custom configuration shifts in its own steps, within the limits', async () => {
    const linear = (LinearPercentage: number, LinearInterval: number) => ({
      DeploymentConfigName: 'thirds',
      ComputePlatform: 'Lambda',
      TrafficRoutingConfig: { Type: 'TimeBasedLinear', TimeBasedLinear: { LinearPercentage, LinearInterval } },
    });
    await expect(make('AWS::CodeDeploy::DeploymentConfig', linear(10, 321))).rejects.toThrow('2889 minutes');
    await expect(make('AWS::CodeDeploy::DeploymentConfig', linear(100, 1))).rejects.toThrow('from 1 to 99');
    await make('AWS::CodeDeploy::DeploymentConfig', linear(33, 4));
    await makeGroup('', { DeploymentConfigName: 'thirds' });
    expect(await shift()).toBeUndefined();
    const [deployment] = codedeploy.deployments();
    expect(timeline(deployment!)).toEqual([
      [0, 33],
      [240, 66],
      [480, 99],
      [720, 100],
    ]);
  });

  test('a canary with two hooks takes the time of the recorded run, 304.9 s', async () => {
    await makeGroup('Canary10Percent5Minutes');
    lambda.hooks.set('pre', reports('Succeeded', 1_300));
    lambda.hooks.set('post', reports('Succeeded', 400));
    const begun = clock.now();
    expect(await shift({ beforeAllowTrafficHook: 'pre', afterAllowTrafficHook: 'post' })).toBeUndefined();

    const [deployment] = codedeploy.deployments();
    expect((deployment!.completeTime! - begun) / 1_000).toBeCloseTo(304.9, 0);
    expect(lambda.invoked.map(({ at, name }) => [name, (at - begun) / 1_000])).toEqual([
      ['pre', 2],
      ['post', 304.1],
    ]);
    expect(Object.keys(lambda.invoked[0]!.event)).toEqual(['DeploymentId', 'LifecycleEventHookExecutionId']);
    expect(statuses(deployment!)).toEqual([
      'BeforeAllowTraffic Succeeded',
      'AllowTraffic Succeeded',
      'AfterAllowTraffic Succeeded',
    ]);
    expect(notes).toEqual([{ at: begun, reason: `CodeDeploy deployment started: ${deployment!.deploymentId}` }]);
    expect(deployment!.deploymentId).toMatch(/^d-[A-Z0-9]{9}$/);
  });

  test('during the shift the alias keeps the old version and gives the new one a weight', async () => {
    await makeGroup('Canary10Percent5Minutes');
    const shifting = shift();
    await inSeconds(60, async () => expect(lambda.state).toEqual({ functionVersion: '1', weights: { 2: 0.1 } }));
    await shifting;
  });

  test('a pre-traffic hook that reports Failed fails the deployment before any traffic shifts', async () => {
    await makeGroup('Canary10Percent5Minutes');
    lambda.hooks.set('pre', reports('Failed', 500));
    const reason = await shift({ beforeAllowTrafficHook: 'pre' });

    const [deployment, rollback] = codedeploy.deployments();
    const { deploymentId } = deployment!;
    expect(reason).toMatch(
      new RegExp(
        `^Resource handler returned message: "${deploymentId} failed\\. The deployment failed because one or more of ` +
          'the lifecycle event validation functions failed\\." ' +
          '\\(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: InternalFailure\\)$',
      ),
    );
    expect(deployment).toMatchObject({ status: 'Failed', error: { code: 'HOOK_EXECUTION_FAILURE' } });
    expect(statuses(deployment!)).toEqual([
      'BeforeAllowTraffic Failed',
      'AllowTraffic Skipped',
      'AfterAllowTraffic Skipped',
    ]);
    expect(deployment!.weights.map(({ weight }) => weight)).toEqual([0]);
    expect(rollback).toMatchObject({ status: 'Succeeded', creator: 'codeDeployRollback' });
    expect(lambda.state).toEqual({ functionVersion: '1', weights: {} });
  });

  test('a post-traffic hook that reports Failed rolls the whole shift back', async () => {
    await makeGroup('AllAtOnce');
    lambda.hooks.set('post', async (event) => {
      expect(lambda.state).toEqual({ functionVersion: '2', weights: {} });
      return reports('Failed', 2_800)(event);
    });
    await shift({ afterAllowTrafficHook: 'post' });

    const [deployment] = codedeploy.deployments();
    expect(statuses(deployment!)).toEqual([
      'BeforeAllowTraffic Succeeded',
      'AllowTraffic Succeeded',
      'AfterAllowTraffic Failed',
    ]);
    expect(deployment!.weights.map(({ weight }) => weight)).toEqual([0, 1, 0]);
    expect(lambda.state).toEqual({ functionVersion: '1', weights: {} });
  });

  test('a hook that ends without reporting fails the deployment after an hour', async () => {
    await makeGroup('Canary10Percent5Minutes');
    lambda.hooks.set('pre', async () => ({ duration: 3_000 }));
    const begun = clock.now();
    const reason = await shift({ beforeAllowTrafficHook: 'pre' });

    expect(reason).toContain(
      'CodeDeploy expects a status callback within one hour after a deployment hook is invoked.',
    );
    const [deployment] = codedeploy.deployments();
    expect(deployment!.error!.code).toBe('TIMEOUT');
    expect(deployment!.completeTime! - begun).toBe(3_602_000);
    expect(lambda.invoked).toHaveLength(1);
  });

  test('a hook that crashes is retried twice by Lambda, and may report then', async () => {
    await makeGroup('AllAtOnce');
    let attempts = 0;
    lambda.hooks.set('pre', async (event) => {
      attempts += 1;
      return attempts < 3 ? { duration: 100, crashed: true } : reports('Succeeded', 100)(event);
    });
    expect(await shift({ beforeAllowTrafficHook: 'pre' })).toBeUndefined();
    const [first, second, third] = lambda.invoked.map(({ at }) => at);
    expect([second! - first!, third! - second!]).toEqual([60_100, 120_100]);
  });

  test('a hook function that does not exist fails the deployment', async () => {
    await makeGroup('AllAtOnce');
    await shift({ beforeAllowTrafficHook: 'missing' });
    expect(codedeploy.deployments()[0]!.error!.code).toBe('INVALID_LAMBDA_FUNCTION');
  });

  test('an alarm during the shift stops it within 16 s, and the rollback succeeds while the alarm is in ALARM', async () => {
    await makeAlarm();
    await makeGroup('Canary10Percent5Minutes', watching('hello-errors'));
    const shifting = shift();
    await clock.elapse(30_000);
    fail(200);
    const reason = await shifting;

    const [deployment, rollback] = codedeploy.deployments();
    const message =
      'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the ' +
      'affected deployments have been stopped. Activated alarms: <hello-errors>';
    expect(reason).toContain(`"${deployment!.deploymentId} failed. ${message}"`);
    expect(deployment).toMatchObject({ status: 'Stopped', error: { code: 'ALARM_ACTIVE', message } });
    expect(statuses(deployment!)).toEqual([
      'BeforeAllowTraffic Succeeded',
      'AllowTraffic Failed',
      'AfterAllowTraffic Skipped',
    ]);
    const alarm = cloudwatch.transitions().find(({ to }) => to === 'ALARM')!;
    const reaction = deployment!.completeTime! - alarm.at;
    expect(reaction).toBeGreaterThanOrEqual(5_000);
    expect(reaction).toBeLessThanOrEqual(16_000);
    expect(deployment!.weights.map(({ weight }) => weight)).toEqual([0, 0.1, 0]);

    expect(rollback).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
      deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      currentVersion: '2',
      targetVersion: '1',
      rollbackTriggeringDeploymentId: deployment!.deploymentId,
    });
    expect(rollback!.completeTime! - rollback!.createTime).toBe(2_000);
    expect(lambda.state).toEqual({ functionVersion: '1', weights: {} });
    expect(notes.at(-1)).toEqual({
      at: deployment!.completeTime,
      reason: `CodeDeploy rollback deployment started: ${rollback!.deploymentId}`,
    });
  });

  test('an alarm that is in ALARM before the start stops the deployment within a second, and it is still rolled back', async () => {
    await makeAlarm();
    await makeAlarm('hello-latency');
    await makeGroup('Canary10Percent5Minutes', watching('hello-latency', 'hello-errors'));
    await setToAlarm('hello-errors');
    await setToAlarm('hello-latency');
    expect(await shift()).toContain('Activated alarms: <hello-latency> <hello-errors>');

    const [deployment, rollback] = codedeploy.deployments();
    expect(deployment!.status).toBe('Stopped');
    expect(deployment!.completeTime! - deployment!.createTime).toBeLessThan(1_000);
    expect(deployment!.lifecycle.every(({ status }) => status === 'Skipped')).toBe(true);
    expect(rollback!.status).toBe('Succeeded');
    expect(await describeDeployment(deployment!.deploymentId)).toMatchObject({
      rollbackInfo: {
        rollbackDeploymentId: rollback!.deploymentId,
        rollbackMessage: `Deployment ${deployment!.deploymentId} terminated. Automatic rollback is triggered with a DeploymentId ${rollback!.deploymentId}.`,
      },
    });
    expect(await describeDeployment(rollback!.deploymentId)).toMatchObject({
      creator: 'codeDeployRollback',
      rollbackInfo: {
        rollbackTriggeringDeploymentId: deployment!.deploymentId,
        rollbackMessage: `Deployment ${rollback!.deploymentId} is triggered to roll back deployment ${deployment!.deploymentId}.`,
      },
    });
  });

  /** Puts an alarm into ALARM until its next evaluation. */
  async function setToAlarm(name: string): Promise<void> {
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIATEST/20261120/eu-central-1/monitoring/aws4_request, x';
    await fetch(endpoint.url, {
      method: 'POST',
      headers: { authorization, 'x-amz-target': 'GraniteServiceVersion20100801.SetAlarmState' },
      body: JSON.stringify({ AlarmName: name, StateValue: 'ALARM', StateReason: 'drill' }),
    });
  }

  test('an alarm that cannot be read stops the deployment, unless the group ignores that', async () => {
    const { AlarmConfiguration } = watching('hello-erors');
    await makeGroup('AllAtOnce', { AlarmConfiguration });
    expect(await shift()).toContain('could not be retrieved from Amazon CloudWatch. Alarms: <hello-erors>');
    const tolerant = { AlarmConfiguration: { ...AlarmConfiguration, IgnorePollAlarmFailure: true } };
    await makeGroup('AllAtOnce', { ...tolerant, DeploymentGroupName: 'tolerant' });
    expect(await shift({ deploymentGroupName: 'tolerant' })).toBeUndefined();
  });

  test('without automatic rollback the alias keeps its weights, and the next deployment fails because of them', async () => {
    await makeAlarm();
    const AutoRollbackConfiguration = { Enabled: true, Events: ['DEPLOYMENT_FAILURE'] };
    await makeGroup('Canary10Percent5Minutes', { ...watching('hello-errors'), AutoRollbackConfiguration });
    const shifting = shift();
    await clock.elapse(10_000);
    fail(100);
    await shifting;
    expect(codedeploy.deployments()).toHaveLength(1);
    expect(lambda.state).toEqual({ functionVersion: '1', weights: { 2: 0.1 } });

    await clock.elapse(600_000);
    expect(await shift({ targetVersion: '3' })).toContain('already routes traffic to two versions');
    expect(codedeploy.deployments()[1]).toMatchObject({ error: { code: 'INVALID_LAMBDA_CONFIGURATION' } });
    expect(codedeploy.deployments()).toHaveLength(2);
  });

  test('an alias that has changed in the meantime is left as it is', async () => {
    await makeGroup('Canary10Percent5Minutes');
    lambda.state = { functionVersion: '7', weights: {} };
    expect(await shift()).toContain(
      'The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing ' +
        'or has an invalid configuration. The Lambda function alias version does not match the current version in AppSpec file.',
    );
    expect(lambda.state).toEqual({ functionVersion: '7', weights: {} });
  });

  test('weights that Lambda refuses fail the deployment with the error message of Lambda', async () => {
    await makeGroup('Canary10Percent5Minutes');
    const refusal = 'Specified versions must be associated with the same execution role';
    lambda.refusal = new AwsError('InvalidParameterValueException', refusal);
    expect(await shift()).toContain(refusal);
    const [deployment] = codedeploy.deployments();
    expect(deployment).toMatchObject({ status: 'Failed', error: { code: 'INVALID_LAMBDA_CONFIGURATION' } });
    expect(statuses(deployment!)[1]).toBe('AllowTraffic Failed');
  });

  test.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('a person stops a shift, with autoRollbackEnabled %s', async (autoRollbackEnabled, rolledBack) => {
    await makeGroup('Linear10PercentEvery1Minute');
    const shifting = shift();
    const [{ deploymentId }] = codedeploy.deployments() as [DeploymentView];
    await inSeconds(130, async () => {
      const stopped = await client.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled }));
      expect(stopped.status).toBe('Pending');
    });
    expect(await shifting).toContain(`${deploymentId} failed.`);
    expect(codedeploy.deployments()[0]).toMatchObject({ status: 'Stopped', error: { code: 'MANUAL_STOP' } });
    expect(codedeploy.deployments()).toHaveLength(rolledBack ? 2 : 1);
    const weights = rolledBack ? {} : { 2: 0.3 };
    expect(lambda.state).toEqual({ functionVersion: '1', weights });
    const again = client.send(new StopDeploymentCommand({ deploymentId }));
    await expect(again).rejects.toMatchObject({ name: 'DeploymentAlreadyCompletedException' });
  });

  test('a group runs one deployment at a time, and CloudFormation calls the second a conflict', async () => {
    await makeGroup('Canary10Percent5Minutes');
    const first = shift();
    expect(await shift()).toBe('A conflicting deployment is in progress');
    const [{ deploymentId }] = codedeploy.deployments() as [DeploymentView];
    await inSeconds(10, async () => {
      const second = client.send(new CreateDeploymentCommand(deploymentOf('1', '3')));
      await expect(second).rejects.toMatchObject({
        name: 'DeploymentLimitExceededException',
        message: `The Deployment Group 'hello-group' is already deploying deployment '${deploymentId}'.`,
      });
    });
    expect(await first).toBeUndefined();
  });

  function deploymentOf(CurrentVersion: string, TargetVersion: string) {
    const Properties = { Name: 'hello', Alias: 'Live', CurrentVersion, TargetVersion };
    const content = JSON.stringify({
      version: 0.0,
      Resources: [{ hello: { Type: 'AWS::Lambda::Function', Properties } }],
    });
    return {
      applicationName: 'hello-app',
      deploymentGroupName: 'hello-group',
      revision: { revisionType: 'AppSpecContent' as const, appSpecContent: { content } },
    };
  }

  test('a deployment created by the API ignores the alarms when its request says so', async () => {
    await makeAlarm();
    await makeGroup('Canary10Percent5Minutes', watching('hello-errors'));
    await setToAlarm('hello-errors');
    const { deploymentId } = await client.send(
      new CreateDeploymentCommand({
        ...deploymentOf('1', '2'),
        deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
        overrideAlarmConfiguration: { enabled: false },
        description: 'a fix while it burns',
      }),
    );
    await clock.elapse(60_000);
    expect(await describeDeployment(deploymentId!)).toMatchObject({
      status: 'Succeeded',
      deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      description: 'a fix while it burns',
      overrideAlarmConfiguration: { enabled: false },
    });
  });

  test('GetDeployment returns the hash of the AppSpec, GetApplicationRevision its content', async () => {
    await makeGroup('AllAtOnce');
    lambda.hooks.set('pre', reports('Succeeded', 100));
    await shift({ beforeAllowTrafficHook: 'pre' });
    const [{ deploymentId }] = codedeploy.deployments() as [DeploymentView];
    const { revision, applicationName } = await describeDeployment(deploymentId);
    expect(revision).toEqual({ revisionType: 'String', string: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });

    const found = await client.send(new GetApplicationRevisionCommand({ applicationName, revision }));
    expect(JSON.parse(found.revision!.string!.content!)).toEqual({
      version: '0.0',
      Resources: [
        {
          hello: {
            Type: 'AWS::Lambda::Function',
            Properties: { Name: 'hello', Alias: 'Live', CurrentVersion: '1', TargetVersion: '2' },
          },
        },
      ],
      Hooks: [{ BeforeAllowTraffic: 'pre' }],
    });
    expect(found.revisionInfo?.deploymentGroups).toEqual(['hello-group']);
  });

  test('a deployment of CloudFormation is found by its stack and described in full', async () => {
    await makeGroup('Canary10Percent5Minutes', watching('hello-errors'));
    await makeAlarm();
    await shift();
    const { deployments } = await client.send(new ListDeploymentsCommand({ externalId: stackId }));
    const info = await describeDeployment(deployments![0]!);
    expect(info).toMatchObject({
      applicationName: 'hello-app',
      deploymentGroupName: 'hello-group',
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      status: 'Succeeded',
      creator: 'user',
      externalId: stackId,
      computePlatform: 'Lambda',
      deploymentOverview: { Succeeded: 1, Failed: 0 },
      autoRollbackConfiguration: { enabled: true, events: everyRollback },
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    });
    expect(info.rollbackInfo).toBeUndefined();
    expect(info.completeTime!.getTime() - info.createTime!.getTime()).toBeGreaterThan(300_000);
  });

  test('a target shows the weight and the lifecycle while traffic shifts', async () => {
    await makeGroup('Linear10PercentEvery1Minute');
    const shifting = shift();
    const [{ deploymentId }] = codedeploy.deployments() as [DeploymentView];
    await inSeconds(150, async () => {
      const { targetIds } = await client.send(new ListDeploymentTargetsCommand({ deploymentId }));
      expect(targetIds).toEqual(['hello:Live']);
      const { deploymentTarget } = await client.send(
        new GetDeploymentTargetCommand({ deploymentId, targetId: 'hello:Live' }),
      );
      expect(deploymentTarget).toMatchObject({
        deploymentTargetType: 'LambdaTarget',
        lambdaTarget: {
          status: 'InProgress',
          targetArn: 'arn:aws:lambda:eu-central-1:111122223333:function:hello:Live',
          lifecycleEvents: [
            { lifecycleEventName: 'BeforeAllowTraffic', status: 'Succeeded' },
            { lifecycleEventName: 'AllowTraffic', status: 'InProgress' },
            { lifecycleEventName: 'AfterAllowTraffic', status: 'Pending' },
          ],
          lambdaFunctionInfo: {
            functionName: 'hello',
            functionAlias: 'Live',
            currentVersion: '1',
            targetVersion: '2',
            targetVersionWeight: 0.3,
          },
        },
      });
      const batch = await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
      expect(batch.deploymentTargets).toEqual([deploymentTarget]);
      const other = client.send(new GetDeploymentTargetCommand({ deploymentId, targetId: 'other' }));
      await expect(other).rejects.toMatchObject({ name: 'DeploymentTargetDoesNotExistException' });
    });
    await shifting;
  });

  test('a hook can report once, in time, with its id, and only Succeeded or Failed', async () => {
    await makeGroup('AllAtOnce');
    const errors: string[] = [];
    const put = async (deploymentId: string | undefined, id: string | undefined, status: 'Succeeded' | 'Skipped') => {
      const report = { deploymentId, lifecycleEventHookExecutionId: id, status };
      await client
        .send(new PutLifecycleEventHookExecutionStatusCommand(report))
        .catch((error) => errors.push(error.name));
    };
    lambda.hooks.set('pre', async ({ DeploymentId, LifecycleEventHookExecutionId: id }) => {
      await put('d-UNKNOWN01', id, 'Succeeded');
      await put(DeploymentId, 'another', 'Succeeded');
      await put(DeploymentId, id, 'Skipped');
      await put(DeploymentId, id, 'Succeeded');
      await put(DeploymentId, id, 'Succeeded');
      return { duration: 100 };
    });
    await shift({ beforeAllowTrafficHook: 'pre' });
    const { DeploymentId, LifecycleEventHookExecutionId } = lambda.invoked[0]!.event;
    await put(DeploymentId, LifecycleEventHookExecutionId, 'Succeeded');
    expect(errors).toEqual([
      'DeploymentDoesNotExistException',
      'InvalidLifecycleEventHookExecutionIdException',
      'InvalidLifecycleEventHookExecutionStatusException',
      'LifecycleEventAlreadyCompletedException',
      'LifecycleEventAlreadyCompletedException',
    ]);
  });

  test('deployments are listed newest first, by group, status and time', async () => {
    await makeGroup('AllAtOnce');
    await makeGroup('AllAtOnce', { DeploymentGroupName: 'other-group' });
    await shift();
    await shift({ currentVersion: '2', targetVersion: '3' });
    await clock.elapse(60_000);
    const later = clock.date();
    await shift({ deploymentGroupName: 'other-group', currentVersion: '1', targetVersion: '9' });
    const [first, second, third] = codedeploy.deployments().map(({ deploymentId }) => deploymentId);
    const list = async (input: ListDeploymentsCommandInput) =>
      (await client.send(new ListDeploymentsCommand(input))).deployments;
    expect(await list({})).toEqual([third, second, first]);
    expect(await list({ applicationName: 'hello-app', deploymentGroupName: 'hello-group' })).toEqual([second, first]);
    expect(await list({ includeOnlyStatuses: ['Failed'] })).toEqual([third]);
    expect(await list({ createTimeRange: { start: later } })).toEqual([third]);
    await expect(list({ applicationName: 'hello-app' })).rejects.toMatchObject({
      name: 'DeploymentGroupNameRequiredException',
    });
    const { deploymentsInfo } = await client.send(new BatchGetDeploymentsCommand({ deploymentIds: [first!, third!] }));
    expect(deploymentsInfo?.map(({ status }) => status)).toEqual(['Succeeded', 'Failed']);
  });

  test('applications and groups are described as CloudFormation created them', async () => {
    await makeGroup('Canary10Percent5Minutes', watching('hello-errors'));
    await makeAlarm();
    await shift();
    expect((await client.send(new ListApplicationsCommand({}))).applications).toEqual(['hello-app']);
    const { application } = await client.send(new GetApplicationCommand({ applicationName: 'hello-app' }));
    expect(application).toMatchObject({ applicationName: 'hello-app', computePlatform: 'Lambda' });
    const groups = await client.send(new ListDeploymentGroupsCommand({ applicationName: 'hello-app' }));
    expect(groups.deploymentGroups).toEqual(['hello-group']);
    const group = { applicationName: 'hello-app', deploymentGroupName: 'hello-group' };
    const { deploymentGroupInfo } = await client.send(new GetDeploymentGroupCommand(group));
    expect(deploymentGroupInfo).toMatchObject({
      ...group,
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: 'hello-errors' }] },
      lastSuccessfulDeployment: { status: 'Succeeded' },
    });
    const batch = (deploymentGroupNames: string[]) =>
      client.send(new BatchGetDeploymentGroupsCommand({ applicationName: 'hello-app', deploymentGroupNames }));
    expect(await batch(['hello-group', 'missing'])).toMatchObject({
      deploymentGroupsInfo: [deploymentGroupInfo],
      errorMessage: 'No Deployment Group found for name: missing',
    });
    const many = Array.from({ length: 101 }, (_, index) => `group${index}`);
    await expect(batch(many)).rejects.toMatchObject({ name: 'BatchLimitExceededException' });
    const missing = client.send(new GetDeploymentGroupCommand({ ...group, deploymentGroupName: 'missing' }));
    await expect(missing).rejects.toMatchObject({
      name: 'DeploymentGroupDoesNotExistException',
      message: 'No Deployment Group found for name: missing',
    });
  });

  test.each<[string, Properties, string]>([
    ['eleven alarms', watching(...'abcdefghijk'), 'the deployment group has 11 alarms, the maximum is 10'],
    [
      'a type that does not exist',
      { DeploymentConfigName: 'CodeDeployDefault.LambdaCanary5Percent' },
      'No Deployment Configuration found for name: CodeDeployDefault.LambdaCanary5Percent',
    ],
    ['an in-place style', { DeploymentStyle: {} }, 'the deployment style must be BLUE_GREEN and WITH_TRAFFIC_CONTROL'],
    [
      'an unknown rollback event',
      { AutoRollbackConfiguration: { Enabled: true, Events: ['ALWAYS'] } },
      'the rollback event is ALWAYS',
    ],
    ['an unknown application', { ApplicationName: 'missing' }, 'No application found for name: missing'],
  ])('a group with %s is refused', async (_, changes, message) => {
    await expect(makeGroup('AllAtOnce', changes)).rejects.toThrow(message);
  });

  test('an application for servers and an unknown call are refused by name', async () => {
    await expect(make('AWS::CodeDeploy::Application', { ComputePlatform: 'ECS' })).rejects.toThrow(
      'the embedded AWS does not support CodeDeploy for ECS; use Lambda',
    );
    await expect(client.send(new ContinueDeploymentCommand({ deploymentId: 'd-1' }))).rejects.toMatchObject({
      name: 'NotSupportedByEmbeddedAws',
    });
  });

  test('an update changes the configuration and the alarms of a group', async () => {
    await makeGroup('Canary10Percent30Minutes');
    const type = codedeploy.resourceTypes.find((each) => each.type === 'AWS::CodeDeploy::DeploymentGroup')!;
    const changed = {
      ApplicationName: 'hello-app',
      DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: 'arn:aws:iam::111122223333:role/codedeploy',
    };
    await clock.spawn(() => type.update('hello-group', changed, {}, context));
    await shift();
    expect(codedeploy.deployments()[0]!.deploymentConfigName).toBe('CodeDeployDefault.LambdaAllAtOnce');
    await clock.spawn(() => type.delete('hello-group', changed, context));
    expect(await shift()).toBe('No Deployment Group found for name: hello-group');
  });

  test('EventBridge receives start, stop, failure and success; an alarm is a STOP', async () => {
    await makeAlarm();
    await makeGroup('AllAtOnce', watching('hello-errors'));
    await shift();
    await setToAlarm('hello-errors');
    await shift({ currentVersion: '2', targetVersion: '3' });
    expect(events.map(({ detail }) => detail.state)).toEqual(['START', 'SUCCESS', 'START', 'STOP', 'START', 'SUCCESS']);
    const [deployment] = codedeploy.deployments();
    expect(events[0]).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'CodeDeploy Deployment State-change Notification',
      source: 'aws.codedeploy',
      account: '111122223333',
      time: new Date(deployment!.createTime).toISOString().replace('.000Z', 'Z'),
      region: 'eu-central-1',
      resources: [
        'arn:aws:codedeploy:eu-central-1:111122223333:application:hello-app',
        'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:hello-app/hello-group',
      ],
      detail: {
        region: 'eu-central-1',
        deploymentId: deployment!.deploymentId,
        instanceGroupId: expect.any(String),
        deploymentGroup: 'hello-group',
        state: 'START',
        application: 'hello-app',
      },
    });
  });

  test('deployments of several groups of one stack run concurrently', async () => {
    await makeGroup('Canary10Percent5Minutes');
    await makeGroup('Canary10Percent5Minutes', { DeploymentGroupName: 'other-group' });
    const begun = clock.now();
    await Promise.all([shift(), shift({ deploymentGroupName: 'other-group', functionName: 'missing' })]);
    expect(clock.now() - begun).toBeLessThan(310_000);
    expect(codedeploy.deployments().map(({ status }) => status)).toEqual(['Succeeded', 'Failed']);
  });
});
