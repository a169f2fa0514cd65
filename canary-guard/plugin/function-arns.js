/** @import { Model } from './model' */
const { functionOf } = require('./names.js');
const { arnIn, arnOf } = require('./role.js');

/**
 * With more functions, their ARNs would fill the role: IAM allows 10,240 characters for all inline policies of a role. A pattern
 * for the names of the stack takes their place, which includes its other functions.
 */
const LISTED = 10;

/**
 * @param {Pick<Model, 'service' | 'naming'>} model
 * @param {readonly string[]} names
 * @returns {readonly unknown[]} The ARNs of functions, for the resources of a policy.
 */
function functionArns({ service, naming }, names) {
  if (names.length <= LISTED) return names.map((name) => arnOf(naming.getLambdaLogicalId(name)));
  return byName({ service, naming }, names, '');
}

/**
 * @param {Pick<Model, 'service' | 'naming'>} model
 * @param {readonly string[]} names
 * @returns {readonly unknown[]} The ARNs of the versions and aliases of functions.
 */
function versionArns({ service, naming }, names) {
  if (names.length <= LISTED)
    return names.map((name) => ({ 'Fn::Sub': `\${${naming.getLambdaLogicalId(name)}.Arn}:*` }));
  return byName({ service, naming }, names, ':*');
}

/**
 * @param {Pick<Model, 'service' | 'naming'>} model
 * @param {readonly string[]} names
 * @param {string} qualifier
 */
function byName({ service, naming }, names, qualifier) {
  const prefix = `${naming.getStackName()}-`;
  const physical = names.map((name) => functionOf(service, name).name ?? `${prefix}${name}`);
  const own = physical.filter((name) => !name.startsWith(prefix));
  return [`${prefix}*`, ...own].map((name) => arnIn('lambda', `function:${name}${qualifier}`));
}

/**
 * @param {Pick<Model, 'naming'>} model
 * @param {readonly string[]} names Functions that are released by CodeDeploy.
 * @returns {readonly unknown[]} The ARNs of their deployment groups.
 */
function groupArns({ naming }, names) {
  const stack = naming.getStackName();
  const application = `\${${applicationId(naming)}}`;
  // The application is the stack's own, so these are all of its groups.
  if (names.length > LISTED) return [arnIn('codedeploy', `deploymentgroup:${application}/${stack}-*`)];
  return names.map((name) => {
    // By name: a reference would close a circle, since the group waits for the role that calls this hook.
    const group = `${stack}-${naming.getLambdaLogicalId(name)}DeploymentGroup`.slice(0, 100);
    return arnIn('codedeploy', `deploymentgroup:${application}/${group}`);
  });
}

/** @param {Model['naming']} naming */
const applicationId = (naming) =>
  `${naming.normalizeNameToAlphaNumericOnly(naming.getStackName())}DeploymentApplication`;

module.exports = { applicationId, functionArns, groupArns, versionArns };
