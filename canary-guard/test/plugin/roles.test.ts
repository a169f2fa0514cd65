import type { FunctionSettings, GeneratedResource, Service } from '../../plugin/model';
import { addRoles, assignRoles, setGuardedFunctions, withdrawSharedGrant } from '../../plugin/roles.js';
import { namingOf } from './small-model';

const naming = namingOf('svc-prod');
const canary = { type: 'AllAtOnce', alias: 'Live' };

interface Written extends Partial<Pick<Service, 'provider' | 'custom'>> {
  readonly functions: Record<string, FunctionSettings>;
  /** Resources that sls has compiled before the roles are added. */
  readonly compiled?: Record<string, GeneratedResource>;
  readonly stack?: string;
}

/** @returns The roles of a service, and its functions with the role that each has in the end. */
function rolesOf({ functions, provider = {}, custom, compiled = {}, stack = 'svc-prod' }: Written) {
  const service: Service & Written = { functions, provider, custom };
  const template: { Resources: Record<string, GeneratedResource> } = { Resources: { ...compiled } };
  const naming = namingOf(stack);
  assignRoles({ service, naming });
  addRoles({ service, naming, region: 'eu-central-1', template });
  for (const id of Object.keys(compiled)) delete template.Resources[id];
  return { roles: template.Resources, functions: service.functions, custom: service.custom };
}

test('a service without canaries gets no role', () => {
  expect(rolesOf({ functions: { hello: {} } })).toEqual({ roles: {}, functions: { hello: {} }, custom: undefined });
});

test('a canary without hooks, alarms and triggers needs only the alias and the alarms', () => {
  const { roles } = rolesOf({ functions: { hello: { deploymentSettings: canary } } });
  expect(Object.keys(roles)).toEqual(['CodeDeployRole']);
  expect(JSON.stringify(roles)).not.toMatch(/InvokeFunction|sns:/);
});

test('a hook that guards two functions may report on both, and invoke their versions', () => {
  const { roles } = rolesOf({
    functions: {
      one: { deploymentSettings: { ...canary, preTrafficHook: 'hook', postTrafficHook: 'hook' } },
      two: { deploymentSettings: { ...canary, postTrafficHook: 'hook' } },
      hook: {},
    },
  });
  const [, report, , call] = statements(roles.HookLambdaFunctionRole!);
  expect(report!.Resource.map((arn) => (arn as { 'Fn::Sub': string })['Fn::Sub'].split('/').at(-1))).toEqual([
    'svc-prod-OneLambdaFunctionDeploymentGroup',
    'svc-prod-TwoLambdaFunctionDeploymentGroup',
  ]);
  expect(call!.Resource).toEqual(['One', 'Two'].map((name) => ({ 'Fn::Sub': `\${${name}LambdaFunction.Arn}:*` })));
});

test('a hook may read metrics, which AWS cannot narrow, and CodeDeploy may not', () => {
  const { roles } = rolesOf({
    functions: { hello: { deploymentSettings: { ...canary, postTrafficHook: 'hook' } }, hook: {} },
  });
  const read = { Effect: 'Allow', Action: ['cloudwatch:GetMetricData'], Resource: ['*'] };
  expect(statements(roles.HookLambdaFunctionRole!)).toContainEqual(read);
  expect(statements(roles.CodeDeployRole!)).not.toContainEqual(read);
});

test('a hook gets the functions that it guards by the names that CodeDeploy uses, in addition to its environment', () => {
  const guardedBy = (hook: string) => ({ ...canary, preTrafficHook: hook, postTrafficHook: 'both' });
  const functions: Record<string, FunctionSettings> = {
    one: { name: 'svc-prod-one', deploymentSettings: guardedBy('first') },
    two: { name: 'renamed', deploymentSettings: guardedBy('both') },
    first: { environment: { LEVEL: 'info' } },
    both: {},
    idle: {},
  };
  setGuardedFunctions({ naming, service: { provider: {}, functions } });
  expect(functions).toMatchObject({
    first: { environment: { LEVEL: 'info', GUARDED_FUNCTIONS: '{"svc-prod-":["one"]}' } },
    both: { environment: { GUARDED_FUNCTIONS: '{"svc-prod-":["one"],"renamed":"two"}' } },
  });
  expect(functions.idle).toEqual({});
});

test('CodeDeploy may publish to the topics of triggers, and to no other', () => {
  const triggerConfigurations = [{ TriggerTargetArn: 'arn:aws:sns:eu-central-1:1:releases', TriggerEvents: [] }];
  const { roles } = rolesOf({ functions: { hello: { deploymentSettings: { ...canary, triggerConfigurations } } } });
  expect(statements(roles.CodeDeployRole!)).toContainEqual({
    Effect: 'Allow',
    Action: ['sns:Publish'],
    Resource: ['arn:aws:sns:eu-central-1:1:releases'],
  });
});

test('a permissions boundary of the service applies to these roles too', () => {
  const { roles } = rolesOf({
    functions: { hello: { deploymentSettings: { ...canary, preTrafficHook: 'hook' } }, hook: {} },
    provider: { iam: { role: { permissionsBoundary: 'arn:aws:iam::1:policy/bound' } } },
  });
  expect(Object.values(roles).map(({ Properties }) => Properties.PermissionsBoundary)).toEqual([
    'arn:aws:iam::1:policy/bound',
    'arn:aws:iam::1:policy/bound',
  ]);
});

describe('a hook gets what sls gives its own role', () => {
  const functions = (hook: FunctionSettings = {}) => ({
    hello: { deploymentSettings: { ...canary, preTrafficHook: 'hook' } },
    hook,
  });
  const compiled = (properties: object) => ({
    HookLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: properties },
  });
  const actionsOf = (role: GeneratedResource) => statements(role).flatMap(({ Action }) => Action);

  test('for the settings of provider.iam.role: path, tags, managed policies', () => {
    const role = { path: '/team/', tags: { owner: 'shop' }, managedPolicies: ['arn:aws:iam::1:policy/own'] };
    const { roles } = rolesOf({ functions: functions(), provider: { iam: { role } } });
    const expected = { Path: '/team/', Tags: [{ Key: 'owner', Value: 'shop' }] };
    expect(roles.HookLambdaFunctionRole!.Properties).toMatchObject({
      ...expected,
      ManagedPolicyArns: ['arn:aws:iam::1:policy/own'],
    });
    expect(roles.CodeDeployRole!.Properties).toMatchObject(expected);
    expect(roles.CodeDeployRole!.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('in a VPC, without which Lambda refuses to create the function', () => {
    const { roles } = rolesOf({ functions: functions(), compiled: compiled({ VpcConfig: { SubnetIds: [] } }) });
    expect(JSON.stringify(roles.HookLambdaFunctionRole!.Properties.ManagedPolicyArns)).toContain(
      ':iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole',
    );
    expect(rolesOf({ functions: functions() }).roles.HookLambdaFunctionRole!.Properties).not.toHaveProperty(
      'ManagedPolicyArns',
    );
  });

  test.each<[string, object, Granted]>([
    [
      'tracing',
      { TracingConfig: { Mode: 'Active' } },
      { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: ['*'] },
    ],
    ['a key', { KmsKeyArn: 'arn:key' }, { Action: ['kms:Decrypt'], Resource: ['arn:key'] }],
    [
      'a file system',
      { FileSystemConfigs: [{ Arn: 'arn:fs', LocalMountPath: '/mnt/x' }] },
      { Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'], Resource: ['arn:fs'] },
    ],
    [
      'a dead-letter topic',
      { DeadLetterConfig: { TargetArn: 'arn:aws:sns:eu-central-1:1:dead' } },
      { Action: ['sns:Publish'], Resource: ['arn:aws:sns:eu-central-1:1:dead'] },
    ],
  ])('with %s', (_, properties, granted) => {
    const { roles } = rolesOf({ functions: functions(), compiled: compiled(properties) });
    expect(statements(roles.HookLambdaFunctionRole!)).toContainEqual({ Effect: 'Allow', ...granted });
    expect(actionsOf(rolesOf({ functions: functions() }).roles.HookLambdaFunctionRole!)).not.toContain(
      granted.Action[0],
    );
  });

  test('with a destination of its results', () => {
    const config = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'HookLambdaFunction' },
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:1:failed' } },
      },
    };
    const { roles } = rolesOf({ functions: functions(), compiled: { ...compiled({}), config } });
    expect(statements(roles.HookLambdaFunctionRole!)).toContainEqual({
      Effect: 'Allow',
      Action: ['sqs:SendMessage'],
      Resource: ['arn:aws:sqs:eu-central-1:1:failed'],
    });
  });

  test('without a log, of which there is no group to refer to', () => {
    const { roles } = rolesOf({ functions: functions({ disableLogs: true }) });
    expect(actionsOf(roles.HookLambdaFunctionRole!).filter((action) => action.startsWith('logs:'))).toEqual([]);
    expect(JSON.stringify(roles)).not.toContain('HookLogGroup');
  });

  test('with a log group of another name', () => {
    const LogGroup = { Ref: 'SharedLogs' };
    const { roles } = rolesOf({ functions: functions(), compiled: compiled({ LoggingConfig: { LogGroup } }) });
    expect(statements(roles.HookLambdaFunctionRole!)[0]!.Resource).toEqual([
      { 'Fn::Sub': [expect.stringMatching(/:log-group:\$\{Group\}:\*$/), { Group: LogGroup }] },
    ]);
  });
});

describe('roles fit into what IAM allows', () => {
  const many = (count: number): Record<string, FunctionSettings> => ({
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `fn${index}`,
        { name: `svc-prod-fn${index}`, deploymentSettings: { ...canary, preTrafficHook: 'hook' } },
      ]),
    ),
    hook: {},
  });

  test('ten functions are listed, eleven are named by the prefix of the stack', () => {
    const resources = (count: number) => {
      const { roles } = rolesOf({ functions: many(count) });
      return Object.values(roles).map((role) => statements(role).map(({ Resource }) => Resource.length));
    };
    expect(resources(10)).toEqual([
      [20, 1, 1],
      [1, 10, 1, 10, 1],
    ]);
    expect(resources(11)).toEqual([
      [2, 1, 1],
      [1, 1, 1, 1, 1],
    ]);
  });

  test('a function of another name stays listed', () => {
    const { roles } = rolesOf({
      functions: { ...many(11), odd: { name: 'legacy', deploymentSettings: { ...canary, preTrafficHook: 'hook' } } },
    });
    const prefix = `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function`;
    expect(statements(roles.HookLambdaFunctionRole!)[3]!.Resource).toEqual([
      { 'Fn::Sub': `${prefix}:svc-prod-*:*` },
      { 'Fn::Sub': `${prefix}:legacy:*` },
    ]);
  });

  test('the variable with the functions of a hook stays below 4 KB with 200 functions', () => {
    const functions = many(200);
    setGuardedFunctions({ naming, service: { provider: {}, functions } });
    expect(JSON.stringify(functions.hook!.environment).length).toBeLessThan(4_096);
  });

  test('a name of 64 characters stays, a longer one is shortened to the stack and a hash', () => {
    const names = (stack: string) =>
      Object.values(
        rolesOf({
          stack,
          functions: { hello: { deploymentSettings: { ...canary, preTrafficHook: 'hook' } }, hook: {} },
        }).roles,
      ).map(({ Properties }) => Properties.RoleName);
    const stack = 'x'.repeat(64 - '-eu-central-1-codedeploy'.length);
    expect(names(stack)).toEqual([
      { 'Fn::Sub': `${stack}-\${AWS::Region}-codedeploy` },
      { 'Fn::Sub': `${stack}-\${AWS::Region}-hook` },
    ]);
    const [codeDeploy, hook] = names(`${stack}y`);
    expect(codeDeploy).toMatch(new RegExp(`^${stack}y-[0-9a-f]{8}$`));
    expect(hook).toEqual({ 'Fn::Sub': `${stack}y-\${AWS::Region}-hook` });
  });
});

test('a hook and a group that name a role keep it', () => {
  const codeDeployRole = 'arn:aws:iam::1:role/deploys';
  const { roles, functions, custom } = rolesOf({
    functions: { hello: { deploymentSettings: { ...canary, preTrafficHook: 'hook' } }, hook: { role: 'MyRole' } },
    custom: { deploymentSettings: { codeDeployRole } },
  });
  expect(roles).toEqual({});
  expect(functions.hook!.role).toBe('MyRole');
  expect(custom).toEqual({ deploymentSettings: { codeDeployRole } });
});

test('of the role that functions share, only the right to report is withdrawn', () => {
  const statement = (...actions: string[]) => ({ Action: actions });
  const policy = {
    PolicyDocument: {
      Statement: [statement('logs:PutLogEvents'), statement('codedeploy:PutLifecycleEventHookExecutionStatus')],
    },
  };
  const template = { Resources: { IamRoleLambdaExecution: { Properties: { Policies: [policy] } } } };
  withdrawSharedGrant({ naming, template });
  expect(policy.PolicyDocument.Statement).toEqual([statement('logs:PutLogEvents')]);
});

interface Granted {
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
}

function statements({ Properties }: GeneratedResource): Granted[] {
  return Properties.Policies[0].PolicyDocument.Statement;
}
