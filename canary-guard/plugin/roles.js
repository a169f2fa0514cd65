/** @import { Model } from './model' */
const { codeDeployRole } = require('./code-deploy-role.js');
const { hookRole } = require('./hook-role.js');
const { canariedFunctions, functionOf, hooks } = require('./names.js');
const { arnOf } = require('./role.js');

const CODE_DEPLOY_ROLE = 'CodeDeployRole';

/**
 * @param {Model['naming']} naming
 * @param {string} hook
 */
const hookRoleId = (naming, hook) => `${naming.getLambdaLogicalId(hook)}Role`;

/**
 * Points CodeDeploy and the hooks to the roles that `addRoles` makes, before functions are compiled. A hook or a group
 * that names a role keeps it: its author decides what it may do.
 *
 * @param {Pick<Model, 'service' | 'naming'>} model
 */
function assignRoles({ service, naming }) {
  if (canariedFunctions({ service }).length === 0) return;
  service.custom = {
    ...service.custom,
    deploymentSettings: { codeDeployRole: arnOf(CODE_DEPLOY_ROLE), ...service.custom?.deploymentSettings },
  };
  for (const hook of hooks({ service }).keys()) functionOf(service, hook).role ??= hookRoleId(naming, hook);
}

/**
 * Gives each hook the functions that it guards, by the names that CodeDeploy uses, so that it can choose their checks. Names
 * that begin with the stack's, as those of sls do, are written as the prefix and a list of what follows it: Lambda allows 4 KB
 * for all variables of a function.
 *
 * @param {Pick<Model, 'service' | 'naming'>} model
 */
function setGuardedFunctions({ service, naming }) {
  const prefix = `${naming.getStackName()}-`;
  for (const [hook, guarded] of hooks({ service })) {
    const hasOwnName = (/** @type {string} */ name) => functionOf(service, name).name !== `${prefix}${name}`;
    const named = guarded.filter((name) => !hasOwnName(name));
    const names = {
      ...(named.length > 0 ? { [prefix]: named } : undefined),
      ...Object.fromEntries(guarded.filter(hasOwnName).map((name) => [functionOf(service, name).name, name])),
    };
    const settings = functionOf(service, hook);
    settings.environment = { ...settings.environment, GUARDED_FUNCTIONS: JSON.stringify(names) };
  }
}

/**
 * Adds the roles before sls merges `resources` in, so that a service can give a hook what its checks need: as the
 * ManagedPolicyArns of resources.extensions.PreTrafficLambdaFunctionRole, for a hook named preTraffic.
 *
 * @param {Pick<Model, 'service' | 'naming' | 'region' | 'template'>} model
 */
function addRoles(model) {
  const { service, naming, template } = model;
  const canaried = canariedFunctions(model).filter(({ settings }) => usesOwnRole(settings.codeDeployRole));
  if (canaried.length > 0) template.Resources[CODE_DEPLOY_ROLE] = codeDeployRole(model, canaried);

  for (const [hook, guarded] of hooks(model)) {
    const id = hookRoleId(naming, hook);
    if (functionOf(service, hook).role === id) template.Resources[id] = hookRole(model, hook, guarded);
  }
}

/**
 * @param {any} codeDeployRole As the service or `assignRoles` has it.
 * @returns {boolean} Whether it is the role that `addRoles` makes.
 */
const usesOwnRole = (codeDeployRole) => codeDeployRole?.['Fn::GetAtt']?.[0] === CODE_DEPLOY_ROLE;

/**
 * Withdraws what serverless-plugin-canary-deployments grants to the execution role that functions share: to report on
 * deployments. A function that serves traffic must not be able to approve its own release.
 *
 * @param {Pick<Model, 'naming' | 'template'>} model
 */
function withdrawSharedGrant({ naming, template }) {
  for (const policy of template.Resources[naming.getRoleLogicalId()]?.Properties.Policies ?? []) {
    policy.PolicyDocument.Statement = policy.PolicyDocument.Statement.filter(
      (/** @type {{ Action: string | string[] }} */ { Action }) =>
        ![Action].flat().includes('codedeploy:PutLifecycleEventHookExecutionStatus'),
    );
  }
}

module.exports = { addRoles, assignRoles, setGuardedFunctions, withdrawSharedGrant };
