import type { VirtualClock } from '../clock';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';
import type { Identities, Role, RoleProps } from './identities';
import { checkInlinePolicies } from './limits';
import { checkWellFormed } from './malformed';

/**
 * Time to create or update a role or policy, in virtual milliseconds: CloudFormation waits until it is known
 * everywhere.
 */
const PROPAGATION = 15_000;
/** Time to delete a role or policy, in virtual milliseconds. */
const DELETION = 1_000;

/** `AWS::IAM::Role`, `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy`. */
export function iamResourceTypes(iam: Identities, clock: VirtualClock, random: Random): readonly ResourceType[] {
  const role: ResourceType = {
    type: 'AWS::IAM::Role',
    accepts: [
      'AssumeRolePolicyDocument',
      'Description',
      'ManagedPolicyArns',
      'MaxSessionDuration',
      'Path',
      'PermissionsBoundary',
      'Policies',
      'RoleName',
      'Tags',
    ],
    replacedBy: ['Path', 'RoleName'],
    async create(properties, context) {
      const name = properties.RoleName ?? physicalName(context, random, { longest: 64 });
      const documents = (properties.Policies ?? []).map(({ PolicyDocument }: Properties) => PolicyDocument);
      // Before there is a role, which nothing would delete.
      for (const document of documents) checkWellFormed(document, 'inline');
      checkInlinePolicies(name, documents);
      const created = iam.createRole({ ...readRole(properties), name, path: properties.Path });
      putPolicies(iam, created, properties);
      await clock.sleep(PROPAGATION);
      return describe(created);
    },
    async update(name, properties, previous) {
      const updated = iam.updateRole(name, readRole(properties));
      for (const { PolicyName } of previous.Policies ?? []) updated.inlinePolicies.delete(PolicyName);
      putPolicies(iam, updated, properties);
      await clock.sleep(PROPAGATION);
      return describe(updated);
    },
    async delete(name, properties) {
      for (const { PolicyName } of properties.Policies ?? []) iam.role(name).inlinePolicies.delete(PolicyName);
      await clock.sleep(DELETION);
      iam.deleteRole(name);
    },
  };

  const policy: ResourceType = {
    type: 'AWS::IAM::Policy',
    accepts: ['PolicyDocument', 'PolicyName', 'Roles'],
    replacedBy: [],
    async create(properties, context) {
      for (const name of properties.Roles ?? []) put(iam, name, properties);
      await clock.sleep(PROPAGATION);
      return { id: physicalName(context, random, { longest: 128 }), attributes: {} };
    },
    async update(id, properties, previous) {
      for (const name of previous.Roles ?? []) iam.role(name).inlinePolicies.delete(previous.PolicyName);
      for (const name of properties.Roles ?? []) put(iam, name, properties);
      await clock.sleep(PROPAGATION);
      return { id, attributes: {} };
    },
    async delete(_id, properties) {
      for (const name of properties.Roles ?? []) iam.role(name).inlinePolicies.delete(properties.PolicyName);
      await clock.sleep(DELETION);
    },
  };

  const managedPolicy: ResourceType = {
    type: 'AWS::IAM::ManagedPolicy',
    accepts: ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
    replacedBy: ['Description', 'ManagedPolicyName', 'Path'],
    async create(properties, context) {
      const name = properties.ManagedPolicyName ?? physicalName(context, random, { longest: 128 });
      const { arn } = iam.createManagedPolicy(name, properties.Path ?? '/', properties.PolicyDocument);
      for (const role of properties.Roles ?? []) iam.setAttached(arn, role, true);
      await clock.sleep(PROPAGATION);
      return { id: arn, attributes: { PolicyArn: arn } };
    },
    async update(arn, properties, previous) {
      iam.updateManagedPolicy(arn, properties.PolicyDocument);
      for (const role of previous.Roles ?? []) iam.setAttached(arn, role, false);
      for (const role of properties.Roles ?? []) iam.setAttached(arn, role, true);
      await clock.sleep(PROPAGATION);
      return { id: arn, attributes: { PolicyArn: arn } };
    },
    async delete(arn, properties) {
      for (const role of properties.Roles ?? []) iam.setAttached(arn, role, false);
      await clock.sleep(DELETION);
      iam.deleteManagedPolicy(arn);
    },
  };
  return [role, policy, managedPolicy];
}

function readRole(properties: Properties): Omit<RoleProps, 'name' | 'path'> {
  return {
    trustPolicy: properties.AssumeRolePolicyDocument,
    description: properties.Description,
    maxSessionDuration: properties.MaxSessionDuration === undefined ? undefined : Number(properties.MaxSessionDuration),
    managedPolicies: properties.ManagedPolicyArns,
    permissionsBoundary: properties.PermissionsBoundary,
  };
}

function putPolicies(iam: Identities, role: Role, properties: Properties): void {
  for (const policy of properties.Policies ?? []) put(iam, role.name, policy);
}

function put(iam: Identities, roleName: string, { PolicyName, PolicyDocument }: Properties): void {
  iam.putInlinePolicy(roleName, PolicyName, PolicyDocument);
}

function describe(role: Role): Physical {
  return { id: role.name, attributes: { Arn: role.arn, RoleId: role.id } };
}
