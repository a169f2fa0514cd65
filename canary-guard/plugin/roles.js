const { canariedFunctions, deploymentSettings, hooks } = require('./names.js');

const CODE_DEPLOY_ROLE = 'CodeDeployRole';
const hookRoleId = (naming, hook) => `${naming.getLambdaLogicalId(hook)}Role`;

/**
 * Points CodeDeploy and the hooks to the roles that `addRoles` makes, before functions are compiled. A hook or a group
 * that names a role of its own keeps it: whoever wrote it answers for what it may do.
 */
function assignRoles({ service, naming }) {
  if (canariedFunctions(service).length === 0) return;
  service.custom = {
    ...service.custom,
    deploymentSettings: { codeDeployRole: arnOf(CODE_DEPLOY_ROLE), ...service.custom?.deploymentSettings },
  };
  for (const hook of hooks(service).keys()) service.functions[hook].role ??= hookRoleId(naming, hook);
}

/**
 * Tells each hook which functions it guards, by the names that CodeDeploy calls them, so that it knows which checks are
 * its own.
 */
function tellHooks({ service }) {
  for (const [hook, guarded] of hooks(service)) {
    const names = Object.fromEntries(guarded.map((name) => [service.functions[name].name, name]));
    const { environment } = service.functions[hook];
    service.functions[hook].environment = { ...environment, GUARDED_FUNCTIONS: JSON.stringify(names) };
  }
}

/**
 * Adds the roles before sls merges `resources` in, so that a service can give a hook what its checks need: as the
 * ManagedPolicyArns of resources.extensions.PreTrafficLambdaFunctionRole, for a hook named preTraffic.
 */
function addRoles(model) {
  const { service, naming, template } = model;
  const served = canariedFunctions(service).filter(
    (name) => deploymentSettings(service, name).codeDeployRole?.['Fn::GetAtt']?.[0] === CODE_DEPLOY_ROLE,
  );
  if (served.length > 0) template.Resources[CODE_DEPLOY_ROLE] = codeDeployRole(model, served);

  for (const [hook, guarded] of hooks(service)) {
    const id = hookRoleId(naming, hook);
    if (service.functions[hook].role === id) template.Resources[id] = hookRole(model, hook, guarded);
  }
}

/**
 * Takes back what the canary plugin grants to the role that all functions without one of their own share: to report
 * on deployments. A function that serves the public has no say in its own release.
 */
function withdrawSharedGrant({ naming, template }) {
  for (const policy of template.Resources[naming.getRoleLogicalId()]?.Properties.Policies ?? []) {
    policy.PolicyDocument.Statement = policy.PolicyDocument.Statement.filter(
      ({ Action }) => ![Action].flat().includes('codedeploy:PutLifecycleEventHookExecutionStatus'),
    );
  }
}

/**
 * Grants on these functions alone what AWSCodeDeployRoleForLambdaLimited grants on all. That policy may call only
 * hooks named `CodeDeployHook_…`; this role may call these hooks, whatever their names.
 */
function codeDeployRole({ service, naming }, canaried) {
  const settings = canaried.map((name) => deploymentSettings(service, name));
  const functionIds = canaried.map((name) => naming.getLambdaLogicalId(name));
  const called = new Set(settings.flatMap(({ preTrafficHook, postTrafficHook }) => [preTrafficHook, postTrafficHook]));
  const topics = settings.flatMap(({ triggerConfigurations = [] }) =>
    triggerConfigurations.map(({ TriggerTargetArn }) => TriggerTargetArn),
  );
  return role({
    name: `${naming.getStackName()}-\${AWS::Region}-codedeploy`,
    principal: 'codedeploy.amazonaws.com',
    boundary: service.custom.deploymentSettings.codeDeployRolePermissionsBoundary ?? permissionsBoundary(service),
    statements: [
      allow(
        ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
        functionIds.flatMap((id) => [arnOf(id), versionsOf(id)]),
      ),
      allow(
        ['lambda:InvokeFunction'],
        [...called].filter(Boolean).map((hook) => arnOf(naming.getLambdaLogicalId(hook))),
      ),
      allow(['sns:Publish'], topics),
      allow(['cloudwatch:DescribeAlarms'], ['*']), // AWS cannot narrow it to the alarms of a group
    ],
  });
}

/** A hook may report on the deployments of the functions that it guards, call their versions, and read their metrics. */
function hookRole({ service, naming }, hook, guarded) {
  const stack = naming.getStackName();
  const application = `${naming.normalizeNameToAlphaNumericOnly(stack)}DeploymentApplication`;
  const groups = guarded.map((name) => {
    // By name: a reference to the group would close a circle, since the group waits for the role that calls this hook.
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
    boundary: permissionsBoundary(service),
    statements: [
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [arnOf(naming.getLogGroupLogicalId(hook))]),
      allow(['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'], groups),
      allow(['codedeploy:GetApplicationRevision'], [revisions]),
      allow(
        ['lambda:InvokeFunction'],
        guarded.map((name) => versionsOf(naming.getLambdaLogicalId(name))),
      ),
      allow(['cloudwatch:GetMetricData'], ['*']), // metrics are no resources that AWS could narrow it to
    ],
  });
}

/** Roles are named after the stack, so that the role CloudFormation works with can be narrowed to them by name. */
function role({ name, principal, boundary, statements }) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: { 'Fn::Sub': name },
      ...(boundary && { PermissionsBoundary: boundary }),
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

const allow = (actions, resources) => ({ Effect: 'Allow', Action: actions, Resource: resources });
const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const versionsOf = (functionId) => ({ 'Fn::Sub': `\${${functionId}.Arn}:*` });
const permissionsBoundary = ({ provider }) =>
  provider.iam?.role?.permissionsBoundary ?? provider.rolePermissionsBoundary;

module.exports = { addRoles, assignRoles, tellHooks, withdrawSharedGrant };
