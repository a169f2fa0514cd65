import { addRoles, assignRoles, tellHooks, withdrawSharedGrant } from './plugin';

const upperFirst = (text: string) => text[0]!.toUpperCase() + text.slice(1);
/** As sls names things, for the stack svc-prod. */
const naming = {
  getStackName: () => 'svc-prod',
  getRoleLogicalId: () => 'IamRoleLambdaExecution',
  getLambdaLogicalId: (name: string) => `${upperFirst(name)}LambdaFunction`,
  getLogGroupLogicalId: (name: string) => `${upperFirst(name)}LogGroup`,
  normalizeNameToAlphaNumericOnly: () => 'Svcprod',
};

const canary = { type: 'AllAtOnce', alias: 'Live' };

/** The roles of a service, and the role that each function ends with. */
function rolesOf({ functions, provider = {}, custom }: { functions: object; provider?: object; custom?: object }) {
  const service = { functions, provider, custom } as { functions: Record<string, { role?: unknown }>; custom?: object };
  const template = { Resources: {} as Record<string, { Properties: Record<string, unknown> }> };
  assignRoles({ service, naming });
  addRoles({ service, naming, template });
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

test('a hook that guards two functions may report on both, and calls their versions', () => {
  const { roles } = rolesOf({
    functions: {
      one: { deploymentSettings: { ...canary, preTrafficHook: 'hook', postTrafficHook: 'hook' } },
      two: { deploymentSettings: { ...canary, postTrafficHook: 'hook' } },
      hook: {},
    },
  });
  const [, report, , call] = statements(roles.HookLambdaFunctionRole!);
  expect(report!.Resource.map((arn) => arn['Fn::Sub']!.split('/').at(-1))).toEqual([
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

test('a hook is told which functions it guards, by the names that CodeDeploy calls them, beside what it knows already', () => {
  const guardedBy = (hook: string) => ({ ...canary, preTrafficHook: hook, postTrafficHook: 'both' });
  const functions = {
    one: { name: 'svc-prod-one', deploymentSettings: guardedBy('first') },
    two: { name: 'renamed', deploymentSettings: guardedBy('both') },
    first: { environment: { LEVEL: 'info' } },
    both: {} as { environment?: unknown },
    idle: {},
  };
  tellHooks({ service: { functions } });
  expect(functions).toMatchObject({
    first: { environment: { LEVEL: 'info', GUARDED_FUNCTIONS: '{"svc-prod-one":"one"}' } },
    both: { environment: { GUARDED_FUNCTIONS: '{"svc-prod-one":"one","renamed":"two"}' } },
  });
  expect(functions.idle).toEqual({});
});

test('CodeDeploy may tell the topics of triggers, and no other', () => {
  const triggerConfigurations = [{ TriggerTargetArn: 'arn:aws:sns:eu-central-1:1:told', TriggerEvents: [] }];
  const { roles } = rolesOf({ functions: { hello: { deploymentSettings: { ...canary, triggerConfigurations } } } });
  expect(statements(roles.CodeDeployRole!)).toContainEqual({
    Effect: 'Allow',
    Action: ['sns:Publish'],
    Resource: ['arn:aws:sns:eu-central-1:1:told'],
  });
});

test('a permissions boundary of the service bounds these roles too', () => {
  const { roles } = rolesOf({
    functions: { hello: { deploymentSettings: { ...canary, preTrafficHook: 'hook' } }, hook: {} },
    provider: { iam: { role: { permissionsBoundary: 'arn:aws:iam::1:policy/bound' } } },
  });
  expect(Object.values(roles).map(({ Properties }) => Properties.PermissionsBoundary)).toEqual([
    'arn:aws:iam::1:policy/bound',
    'arn:aws:iam::1:policy/bound',
  ]);
});

test('a hook and a group that name a role of their own keep it', () => {
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

interface Statement {
  readonly Resource: readonly Record<string, string>[];
}

function statements({ Properties }: { Properties: Record<string, unknown> }): Statement[] {
  return (Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[])[0]!.PolicyDocument.Statement;
}
