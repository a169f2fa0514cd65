/** @import { canariedFunctions } from './names.js' */
/** @import { Model } from './model' */
const { functionArns, versionArns } = require('./function-arns.js');
const { allow, role } = require('./role.js');

/**
 * Makes a role that grants, on these functions alone, what AWSCodeDeployRoleForLambdaLimited grants on all. That policy
 * may call only hooks named `CodeDeployHook_…`; this role may call the hooks of these functions, whatever their names.
 *
 * @param {Pick<Model, 'service' | 'naming' | 'region'>} model
 * @param {ReturnType<typeof canariedFunctions>} canaried
 */
function codeDeployRole(model, canaried) {
  const names = canaried.map(({ name }) => name);
  const called = new Set(
    canaried.flatMap(({ settings: { preTrafficHook, postTrafficHook } }) => [
      ...(preTrafficHook ? [preTrafficHook] : []),
      ...(postTrafficHook ? [postTrafficHook] : []),
    ]),
  );
  const topics = canaried.flatMap(({ settings: { triggerConfigurations = [] } }) =>
    triggerConfigurations.map(({ TriggerTargetArn }) => TriggerTargetArn),
  );
  return role(model, {
    suffix: 'codedeploy',
    principal: 'codedeploy.amazonaws.com',
    boundary: model.service.custom?.deploymentSettings?.codeDeployRolePermissionsBoundary,
    statements: [
      allow(
        ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
        [...functionArns(model, names), ...versionArns(model, names)],
      ),
      allow(['lambda:InvokeFunction'], functionArns(model, [...called])),
      allow(['sns:Publish'], unique(topics)),
      allow(['cloudwatch:DescribeAlarms'], ['*']), // AWS cannot narrow it to the alarms of a group
    ],
  });
}

/**
 * @param {readonly unknown[]} values
 * @returns {readonly unknown[]}
 */
function unique(values) {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

module.exports = { codeDeployRole };
