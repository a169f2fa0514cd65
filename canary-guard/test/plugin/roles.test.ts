import type { FunctionSettings, GeneratedResource, Service } from '../../plugin/model';
import { addRoles, assignRoles, setGuardedFunctions, withdrawSharedGrant } from '../../plugin/roles.js';
import { namingOf } from './small-model';

const naming = namingOf('svc-prod');
const canary = { type: 'AllAtOnce', alias: 'Live' };

interface Written extends Partial<Pick<Service, 'provider' | 'custom'>> {
  readonly functions: Record<string, FunctionSettings>;
}

/** @returns The roles of a service, and its functions with the role that each has in the end. */
function rolesOf({ functions, provider = {}, custom }: Written) {
  const service: Service & Written = { functions, provider, custom };
  const template: { Resources: Record<string, GeneratedResource> } = { Resources: {} };
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

test('a hook that guards two functions may report on both, and invoke their versions', () => {
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

test('a hook gets the functions that it guards by the names that CodeDeploy uses, in addition to its environment', () => {
  const guardedBy = (hook: string) => ({ ...canary, preTrafficHook: hook, postTrafficHook: 'both' });
  const functions: Record<string, FunctionSettings> = {
    one: { name: 'svc-prod-one', deploymentSettings: guardedBy('first') },
    two: { name: 'renamed', deploymentSettings: guardedBy('both') },
    first: { environment: { LEVEL: 'info' } },
    both: {},
    idle: {},
  };
  setGuardedFunctions({ service: { provider: {}, functions } });
  expect(functions).toMatchObject({
    first: { environment: { LEVEL: 'info', GUARDED_FUNCTIONS: '{"svc-prod-one":"one"}' } },
    both: { environment: { GUARDED_FUNCTIONS: '{"svc-prod-one":"one","renamed":"two"}' } },
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
  readonly Resource: readonly Record<string, string>[];
}

function statements({ Properties }: GeneratedResource): Granted[] {
  return Properties.Policies[0].PolicyDocument.Statement;
}
