import { AwsError } from '../errors';
import type { ServiceApi } from '../protocol/api';
import { queryApi } from '../protocol/query';
import { iamAccess } from './access';
import type { Identities, ManagedPolicyVersion, Role } from './identities';

/** Makes IAM's API, which only reads: CloudFormation creates roles and policies. */
export function iamApi(iam: Identities): ServiceApi {
  return queryApi({
    signingName: 'iam',
    access: iamAccess(iam),
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    operations: {
      GetRole: {
        accepts: ['RoleName'],
        run: ({ RoleName }) => ({ Role: describe(iam.role(RoleName)) }),
      },
      ListRolePolicies: {
        accepts: ['RoleName'],
        run: ({ RoleName }) => ({ PolicyNames: [...iam.role(RoleName).inlinePolicies.keys()], IsTruncated: false }),
      },
      GetRolePolicy: {
        accepts: ['RoleName', 'PolicyName'],
        run({ RoleName, PolicyName }) {
          const document = iam.role(RoleName).inlinePolicies.get(PolicyName);
          if (!document) {
            throw new AwsError('NoSuchEntity', `The role policy with name ${PolicyName} cannot be found.`, 404);
          }
          return { RoleName, PolicyName, PolicyDocument: encode(document) };
        },
      },
      ListAttachedRolePolicies: {
        accepts: ['RoleName'],
        run: ({ RoleName }) => ({
          AttachedPolicies: iam.role(RoleName).managedPolicies.map((arn) => ({
            PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
            PolicyArn: arn,
          })),
          IsTruncated: false,
        }),
      },
      GetPolicy: {
        accepts: ['PolicyArn'],
        run({ PolicyArn }) {
          const { arn, name, versions } = iam.managedPolicy(PolicyArn);
          return { Policy: { Arn: arn, PolicyName: name, DefaultVersionId: versions.at(-1)!.id } };
        },
      },
      ListPolicyVersions: {
        accepts: ['PolicyArn'],
        run({ PolicyArn }) {
          const { versions } = iam.managedPolicy(PolicyArn);
          const newestFirst = versions.map((version) => describeVersion(version, versions)).reverse();
          return { Versions: newestFirst, IsTruncated: false };
        },
      },
      GetPolicyVersion: {
        accepts: ['PolicyArn', 'VersionId'],
        run({ PolicyArn, VersionId }) {
          const { versions } = iam.managedPolicy(PolicyArn);
          const version = versions.find(({ id }) => id === VersionId);
          if (!version) {
            throw new AwsError('NoSuchEntity', `Policy ${PolicyArn} version ${VersionId} does not exist.`, 404);
          }
          return { PolicyVersion: { ...describeVersion(version, versions), Document: encode(version.document) } };
        },
      },
    },
  });
}

function describe(role: Role): object {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encode(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    ...(role.permissionsBoundary && {
      PermissionsBoundary: {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: role.permissionsBoundary,
      },
    }),
  };
}

function describeVersion(version: ManagedPolicyVersion, versions: readonly ManagedPolicyVersion[]): object {
  return { VersionId: version.id, IsDefaultVersion: version === versions.at(-1), CreateDate: version.createdAt };
}

/** Encodes a policy document as IAM sends it (IAM API reference). */
function encode(document: object): string {
  return encodeURIComponent(JSON.stringify(document));
}
