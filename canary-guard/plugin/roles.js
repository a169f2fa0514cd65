/** @import { Model } from './model' */
const { canariedFunctions, functionOf, hooks } = require('./names.js');

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
 * Gives each hook the functions that it guards, by the names that CodeDeploy uses, so that it can choose their checks.
 *
 * @param {Pick<Model, 'service'>} model
 */
function setGuardedFunctions({ service }) {
  for (const [hook, guarded] of hooks({ service })) {
    const names = Object.fromEntries(guarded.map((name) => [functionOf(service, name).name, name]));
    const settings = functionOf(service, hook);
    settings.environment = { ...settings.environment, GUARDED_FUNCTIONS: JSON.stringify(names) };
  }
}

/**
 * Adds the roles before sls merges `resources` in, so that a service can give a hook what its checks need: as the
 * ManagedPolicyArns of resources.extensions.PreTrafficLambdaFunctionRole, for a hook named preTraffic.
 *
 * @param {Pick<Model, 'service' | 'naming' | 'template'>} model
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

/**
 * Makes a role that grants, on these functions alone, what AWSCodeDeployRoleForLambdaLimited grants on all. That policy
 * may call only hooks named `CodeDeployHook_…`; this role may call the hooks of these functions, whatever their names.
 *
 * @param {Pick<Model, 'service' | 'naming'>} model
 * @param {ReturnType<typeof canariedFunctions>} canaried
 */
function codeDeployRole({ service, naming }, canaried) {
  const functionIds = canaried.map(({ name }) => naming.getLambdaLogicalId(name));
  const called = new Set(
    canaried.flatMap(({ settings: { preTrafficHook, postTrafficHook } }) => [preTrafficHook, postTrafficHook]),
  );
  const topics = canaried.flatMap(({ settings: { triggerConfigurations = [] } }) =>
    triggerConfigurations.map(({ TriggerTargetArn }) => TriggerTargetArn),
  );
  return role({
    name: `${naming.getStackName()}-\${AWS::Region}-codedeploy`,
    principal: 'codedeploy.amazonaws.com',
    boundary:
      service.custom?.deploymentSettings?.codeDeployRolePermissionsBoundary ?? permissionsBoundary(service.provider),
    statements: [
      allow(
        ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
        functionIds.flatMap((id) => [arnOf(id), versionsOf(id)]),
      ),
      allow(
        ['lambda:InvokeFunction'],
        [...called].flatMap((hook) => (hook ? arnOf(naming.getLambdaLogicalId(hook)) : [])),
      ),
      allow(['sns:Publish'], topics),
      allow(['cloudwatch:DescribeAlarms'], ['*']), // AWS cannot narrow it to the alarms of a group
    ],
  });
}

/**
 * Makes a role by which a hook may report on the deployments of the functions that it guards, call their versions, and
 * read their metrics.
 *
 * @param {Pick<Model, 'service' | 'naming'>} model
 * @param {string} hook
 * @param {readonly string[]} guarded
 */
function hookRole({ service, naming }, hook, guarded) {
  const stack = naming.getStackName();
  const application = `${naming.normalizeNameToAlphaNumericOnly(stack)}DeploymentApplication`;
  const groups = guarded.map((name) => {
    // By name: a reference would close a circle, since the group waits for the role that calls this hook.
    const group = `${stack}-${naming.getLambdaLogicalId(name)}DeploymentGroup`.slice(0, 100);
    const prefix = `arn:\${AWS::Partition}:codedeploy:\${AWS::Region}:\${AWS::AccountId}:deploymentgroup`;
    return { 'Fn::Sub': `${prefix}:\${${application}}/${group}` };
  });
  const revisions = {
    'Fn::Sub': `arn:\${AWS::Partition}:codedeploy:\${AWS::Region}:\${AWS::AccountId}:application:\${${application}}`,
  };
  return role({
    name: `${stack}-\${AWS::Region}-${hook}`,
    principal: 'lambda.amazonaws.com',
    boundary: permissionsBoundary(service.provider),
    statements: [
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [arnOf(naming.getLogGroupLogicalId(hook))]),
      allow(['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'], groups),
      allow(['codedeploy:GetApplicationRevision'], [revisions]),
      allow(
        ['lambda:InvokeFunction'],
        guarded.map((name) => versionsOf(naming.getLambdaLogicalId(name))),
      ),
      allow(['cloudwatch:GetMetricData'], ['*']), // AWS has no resource type for metrics to narrow it to
    ],
  });
}

/**
 * Makes a role that is named after the stack, so that the role CloudFormation works with can be narrowed to such names.
 *
 * @param {{ name: string, principal: string, boundary: unknown, statements: ReturnType<typeof allow>[] }} props
 */
function role({ name, principal, boundary, statements }) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: { 'Fn::Sub': name },
      ...(boundary ? { PermissionsBoundary: boundary } : undefined),
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: [principal] }, Action: ['sts:AssumeRole'] }],
      },
      Policies: [
        {
          PolicyName: 'release',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: statements.filter(({ Resource }) => Resource.length > 0),
          },
        },
      ],
    },
  };
}

/**
 * @param {readonly string[]} actions
 * @param {readonly unknown[]} resources
 */
const allow = (actions, resources) => ({ Effect: 'Allow', Action: actions, Resource: resources });

/** @param {string} logicalId */
const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** @param {string} functionId */
const versionsOf = (functionId) => ({ 'Fn::Sub': `\${${functionId}.Arn}:*` });

/** @param {Model['service']['provider']} provider */
const permissionsBoundary = ({ iam, rolePermissionsBoundary }) =>
  iam?.role?.permissionsBoundary ?? rolePermissionsBoundary;

module.exports = { addRoles, assignRoles, setGuardedFunctions, withdrawSharedGrant };
