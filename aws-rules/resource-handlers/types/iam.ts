import { isDeepStrictEqual } from 'node:util';
import { asText, type HandledChange } from '../handled-change';
import { calls, type HandlerTable, lifecycle, type TableCall, tagContext, tagging, when } from '../handler-table';

/**
 * Calls for IAM's types. IAM authorises each on the ARN of the role or policy, with its path. A call that changes the
 * policies or the boundary of a role carries `iam:PermissionsBoundary`, the boundary that is set or that the role has,
 * and one that attaches a policy `iam:PolicyARN`. UpdateAssumeRolePolicy and UpdateRole know neither key.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const IAM_HANDLERS: HandlerTable = {
  'AWS::IAM::Role': roleCalls,
  'AWS::IAM::Policy': (change) => inlinePolicyCalls(change, change.texts('Roles'), change.dropped('Roles')),
  'AWS::IAM::RolePolicy': (change) => inlinePolicyCalls(change, change.texts('RoleName'), []),
  'AWS::IAM::ManagedPolicy': managedPolicyCalls,
  'AWS::IAM::InstanceProfile': lifecycle({
    resource: (change) =>
      change.globalArn(
        'iam',
        `instance-profile${pathOf(change)}${change.name('InstanceProfileName', { longest: 128 })}`,
      ),
    create: ['iam:CreateInstanceProfile', 'iam:GetInstanceProfile', 'iam:AddRoleToInstanceProfile'],
    update: ['iam:GetInstanceProfile', 'iam:AddRoleToInstanceProfile', 'iam:RemoveRoleFromInstanceProfile'],
    delete: ['iam:GetInstanceProfile', 'iam:RemoveRoleFromInstanceProfile', 'iam:DeleteInstanceProfile'],
    more: (change) =>
      when(
        change.operation !== 'delete',
        change.added('Roles').map((name) => ({
          action: 'iam:PassRole',
          resource: roleArn(change, name),
          context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
        })),
      ),
  }),
  'AWS::IAM::ServerCertificate': lifecycle({
    resource: (change) =>
      change.globalArn(
        'iam',
        `server-certificate${pathOf(change)}${change.name('ServerCertificateName', { longest: 128 })}`,
      ),
    create: ['iam:UploadServerCertificate', 'iam:GetServerCertificate'],
    delete: ['iam:DeleteServerCertificate'],
    tags: { property: 'Tags', set: 'iam:TagServerCertificate', remove: 'iam:UntagServerCertificate' },
  }),
};

function roleCalls(change: HandledChange): readonly TableCall[] {
  const name = change.name('RoleName', { longest: 64 });
  const role = change.globalArn('iam', `role${pathOf(change)}${name}`);
  const tags = { property: 'Tags', set: 'iam:TagRole', remove: 'iam:UntagRole' };
  if (change.operation === 'create') {
    const boundary = boundaryContext(ownBoundary(change));
    return [
      ...calls(role, 'iam:GetRole'),
      {
        action: 'iam:CreateRole',
        resource: role,
        ...contextOf({ ...boundary, ...tagContext(change.newTags('Tags')) }),
      },
      ...tagging(change, role, tags),
      ...policyCalls(change, role, boundary),
    ];
  }
  if (change.operation === 'delete') {
    const boundary = boundaryContext(boundaryOf(change, name));
    return [
      ...calls(role, 'iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'),
      ...when(change.items('Policies').length > 0, [
        { action: 'iam:DeleteRolePolicy', resource: role, ...contextOf(boundary) },
      ]),
      ...change.texts('ManagedPolicyArns').map((arn) => attachment('iam:DetachRolePolicy', role, arn, boundary)),
      ...calls(role, 'iam:DeleteRole'),
    ];
  }
  return [
    ...boundaryCalls(change, role, name),
    ...when(change.changes('AssumeRolePolicyDocument'), calls(role, 'iam:UpdateAssumeRolePolicy')),
    ...when(change.changes('Description', 'MaxSessionDuration'), calls(role, 'iam:UpdateRole')),
    ...policyCalls(change, role, boundaryContext(boundaryAfter(change, name))),
    ...tagging(change, role, tags),
  ];
}

/**
 * The boundary comes first, so that the calls after it find it on the role. AWS does not document the order (inferred).
 */
function boundaryCalls(change: HandledChange, role: string, name: string): readonly TableCall[] {
  if (change.sets('PermissionsBoundary')) {
    const context = boundaryContext(ownBoundary(change));
    return [{ action: 'iam:PutRolePermissionsBoundary', resource: role, ...contextOf(context) }];
  }
  if (!change.removes('PermissionsBoundary')) return [];
  const removed = change.roleOf(name)?.permissionsBoundary ?? asText(change.previous('PermissionsBoundary'));
  return [
    {
      action: 'iam:DeleteRolePermissionsBoundary',
      resource: role,
      ...contextOf({ 'iam:PermissionsBoundary': removed }),
    },
  ];
}

/** @returns The boundary that the role has when its policies change. */
function boundaryAfter(change: HandledChange, name: string): string | undefined {
  if (change.sets('PermissionsBoundary')) return ownBoundary(change);
  if (change.removes('PermissionsBoundary')) return undefined;
  return boundaryOf(change, name);
}

/** @returns The boundary that the role has, or else the one in its properties. */
function boundaryOf(change: HandledChange, name: string): string | undefined {
  const known = change.roleOf(name);
  return known ? known.permissionsBoundary : ownBoundary(change);
}

function ownBoundary(change: HandledChange): string | undefined {
  return change.has('PermissionsBoundary') ? change.text('PermissionsBoundary') : undefined;
}

/** @returns The calls for inline and attached policies, as far as they change. */
function policyCalls(change: HandledChange, role: string, boundary: TableCall['context']): readonly TableCall[] {
  const before = change.previousItems('Policies');
  const after = change.items('Policies');
  const put = after.some((policy) => !before.some((former) => isDeepStrictEqual(former, policy)));
  const dropped = before.some(({ PolicyName }) => !after.some((policy) => policy.PolicyName === PolicyName));
  return [
    ...when(put, [{ action: 'iam:PutRolePolicy', resource: role, ...contextOf(boundary) }]),
    ...when(put && change.operation === 'create', calls(role, 'iam:GetRolePolicy')),
    ...when(dropped, [{ action: 'iam:DeleteRolePolicy', resource: role, ...contextOf(boundary) }]),
    ...change.added('ManagedPolicyArns').map((arn) => attachment('iam:AttachRolePolicy', role, arn, boundary)),
    ...change.dropped('ManagedPolicyArns').map((arn) => attachment('iam:DetachRolePolicy', role, arn, boundary)),
  ];
}

function inlinePolicyCalls(
  change: HandledChange,
  roles: readonly string[],
  dropped: readonly string[],
): readonly TableCall[] {
  const on = (action: string, name: string): TableCall => ({
    action,
    resource: roleArn(change, name),
    ...contextOf(boundaryContext(change.roleOf(name)?.permissionsBoundary)),
  });
  if (change.operation === 'delete') return roles.map((name) => on('iam:DeleteRolePolicy', name));
  return [
    ...roles.map((name) => on('iam:PutRolePolicy', name)),
    ...dropped.map((name) => on('iam:DeleteRolePolicy', name)),
    ...change.added('Users').map((name) => ({
      action: 'iam:PutUserPolicy',
      resource: change.globalArn('iam', `user/${name}`),
    })),
    ...change.added('Groups').map((name) => ({
      action: 'iam:PutGroupPolicy',
      resource: change.globalArn('iam', `group/${name}`),
    })),
  ];
}

function managedPolicyCalls(change: HandledChange): readonly TableCall[] {
  const policy =
    change.physicalId ??
    change.globalArn('iam', `policy${pathOf(change)}${change.name('ManagedPolicyName', { longest: 128 })}`);
  const attach = (action: string, name: string) =>
    attachment(action, roleArn(change, name), policy, boundaryContext(change.roleOf(name)?.permissionsBoundary));
  if (change.operation === 'create') {
    return [
      ...calls(policy, 'iam:CreatePolicy'),
      ...change.texts('Roles').map((name) => attach('iam:AttachRolePolicy', name)),
    ];
  }
  if (change.operation === 'delete') {
    return [
      ...change.texts('Roles').map((name) => attach('iam:DetachRolePolicy', name)),
      ...calls(policy, 'iam:GetPolicy', 'iam:ListPolicyVersions', 'iam:DeletePolicyVersion', 'iam:DeletePolicy'),
    ];
  }
  return [
    // A policy has at most five versions, so an update deletes the oldest.
    ...when(
      change.changes('PolicyDocument'),
      calls(policy, 'iam:ListPolicyVersions', 'iam:CreatePolicyVersion', 'iam:DeletePolicyVersion'),
    ),
    ...change.added('Roles').map((name) => attach('iam:AttachRolePolicy', name)),
    ...change.dropped('Roles').map((name) => attach('iam:DetachRolePolicy', name)),
  ];
}

function attachment(action: string, role: string, policyArn: string, boundary: TableCall['context']): TableCall {
  return { action, resource: role, context: { 'iam:PolicyARN': policyArn, ...boundary } };
}

function boundaryContext(boundary: string | undefined): TableCall['context'] {
  return boundary === undefined ? undefined : { 'iam:PermissionsBoundary': boundary };
}

function contextOf(context: TableCall['context']): Pick<TableCall, 'context'> {
  return context && Object.keys(context).length > 0 ? { context } : {};
}

function roleArn(change: HandledChange, name: string): string {
  return change.roleOf(name)?.arn ?? change.globalArn('iam', `role/${name}`);
}

function pathOf(change: HandledChange): string {
  return change.has('Path') ? change.text('Path') : '/';
}
