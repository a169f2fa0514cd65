/** @import { Model } from './model' */
const { createHash } = require('node:crypto');

/** Characters that IAM allows in the name of a role. */
const NAME_LIMIT = 64;

/** Characters of the hash in a shortened name. */
const HASH_LENGTH = 8;

/**
 * Makes a role that is named after the stack, so that the role CloudFormation works with can be narrowed to such names. It has
 * what sls gives its own role for the settings of the service: path, tags and permissions boundary.
 *
 * @param {Pick<Model, 'service' | 'naming' | 'region'>} model
 * @param {{
 *   suffix: string,
 *   principal: string,
 *   boundary?: unknown,
 *   managedPolicies?: readonly unknown[],
 *   statements: ReturnType<typeof allow>[],
 * }} props The boundary is the service's by default.
 */
function role(model, { suffix, principal, boundary, managedPolicies = [], statements }) {
  const { path, tags } = roleSettings(model.service);
  const bound = boundary ?? permissionsBoundary(model.service);
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: roleName(model, suffix),
      ...(path === undefined ? undefined : { Path: path }),
      ...(tags ? { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } : undefined),
      ...(bound ? { PermissionsBoundary: bound } : undefined),
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: [principal] }, Action: ['sts:AssumeRole'] }],
      },
      ...(managedPolicies.length > 0 ? { ManagedPolicyArns: managedPolicies } : undefined),
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
 * Names a role after its stack, region and purpose. Where that would be too long for the region of the package, a hash takes the
 * place of region and purpose.
 *
 * @param {Pick<Model, 'naming' | 'region'>} model
 * @param {string} suffix
 */
function roleName({ naming, region }, suffix) {
  const stack = naming.getStackName();
  if (`${stack}-${region}-${suffix}`.length <= NAME_LIMIT) return { 'Fn::Sub': `${stack}-\${AWS::Region}-${suffix}` };
  return shortName(stack, `${region}-${suffix}`);
}

/**
 * @param {string} stack
 * @param {string} rest
 */
const shortName = (stack, rest) => `${stack}-${createHash('sha256').update(rest).digest('hex').slice(0, HASH_LENGTH)}`;

/** Characters that the name of a stack may have for the name of its roles to fit. */
const STACK_NAME_LIMIT = NAME_LIMIT - HASH_LENGTH - 1;

/** @param {Model['service']} service */
function roleSettings({ provider: { iam } }) {
  return typeof iam?.role === 'object' ? iam.role : {};
}

/** @param {Model['service']} service */
function permissionsBoundary(service) {
  const { permissionsBoundary: current, permissionBoundary: former } = roleSettings(service);
  return current ?? former ?? service.provider.rolePermissionsBoundary;
}

/**
 * @param {Model['service']} service
 * @returns {readonly unknown[]} The managed policies that sls attaches to its own role.
 */
const managedPolicies = (service) => roleSettings(service).managedPolicies ?? service.provider.iamManagedPolicies ?? [];

/**
 * @param {readonly string[]} actions
 * @param {readonly unknown[]} resources
 */
const allow = (actions, resources) => ({ Effect: 'Allow', Action: actions, Resource: resources });

/** @param {string} logicalId */
const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/**
 * @param {string} service
 * @param {string} resource
 */
const arnIn = (service, resource) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

module.exports = { STACK_NAME_LIMIT, allow, arnIn, arnOf, managedPolicies, role };
