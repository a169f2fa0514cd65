import type { Scope } from '../../embedded-aws/scope';
import type { World } from '../../embedded-aws/world';

/** The bootstrap version that all accounts are assumed to have. Templates of aws-cdk-lib 2 require 6 or newer. */
const BOOTSTRAP_VERSION = '30';

/** CDK's default qualifier, which distinguishes several bootstraps of one account. */
const QUALIFIER = 'hnb659fds';

const ROLES = ['deploy', 'cfn-exec', 'file-publishing', 'image-publishing', 'lookup'] as const;

/** @returns The bucket to which `cdk deploy` uploads assets. */
function assetsBucket({ accountId, region }: Scope): string {
  return `cdk-${QUALIFIER}-assets-${accountId}-${region}`;
}

/** @returns The ARN of one of the bootstrap's roles. */
export function bootstrapRoleArn(role: (typeof ROLES)[number], { accountId, region }: Scope): string {
  return `arn:aws:iam::${accountId}:role/${roleName(role, { accountId, region })}`;
}

function roleName(role: string, { accountId, region }: Scope): string {
  return `cdk-${QUALIFIER}-${role}-role-${accountId}-${region}`;
}

/**
 * Creates in the embedded AWS what `cdk bootstrap --trust` creates in an account and region: the roles, the bucket for
 * assets, and the parameter with the version. Does nothing if they exist already.
 *
 * @param pipelineAccount The trusted account.
 * @param now Current virtual time.
 */
export function bootstrap(world: World, scope: Scope, pipelineAccount: string, now: Date): void {
  const { ssm } = world.region(scope);
  const parameter = versionParameter();
  if (ssm.get(parameter)) return;
  const iam = world.account(scope.accountId);
  for (const role of ROLES) {
    const { trustedBy, managedPolicies = [], statements } = definition(role, scope, pipelineAccount);
    const { inlinePolicies } = iam.createRole({
      name: roleName(role, scope),
      trustPolicy: policy([{ Action: 'sts:AssumeRole', Principal: trustedBy }]),
      managedPolicies,
    });
    if (statements) inlinePolicies.set('default', policy(statements));
  }
  world.buckets.create(assetsBucket(scope), scope, now);
  ssm.put(parameter, BOOTSTRAP_VERSION);
}

interface RoleDefinition {
  readonly trustedBy: object;
  readonly managedPolicies?: readonly string[];
  readonly statements?: readonly object[];
}

/**
 * Trust and permissions of the bootstrap's roles, as in the bootstrap template of the CDK CLI 2.1148
 * (`aws-cdk/lib/api/bootstrap/bootstrap-template.yaml`), without what concerns images and the refactoring of stacks.
 */
function definition(role: (typeof ROLES)[number], scope: Scope, pipelineAccount: string): RoleDefinition {
  const { accountId, region } = scope;
  const accounts = { AWS: [...new Set([accountId, pipelineAccount])].map((id) => `arn:aws:iam::${id}:root`) };
  const managed = (name: string) => [`arn:aws:iam::aws:policy/${name}`];
  const assets = [`arn:aws:s3:::${assetsBucket(scope)}`, `arn:aws:s3:::${assetsBucket(scope)}/*`];
  const readObjects = ['s3:GetObject*', 's3:GetBucket*', 's3:List*'];
  const writeObjects = ['s3:Abort*', 's3:DeleteObject*', 's3:PutObject*'];
  switch (role) {
    case 'cfn-exec':
      return {
        trustedBy: { Service: 'cloudformation.amazonaws.com' },
        managedPolicies: managed('AdministratorAccess'),
      };
    case 'lookup':
      return { trustedBy: accounts, managedPolicies: managed('ReadOnlyAccess') };
    case 'image-publishing':
      return { trustedBy: accounts };
    case 'file-publishing':
      return {
        trustedBy: accounts,
        statements: [
          {
            Action: [...readObjects, 's3:GetEncryptionConfiguration', ...writeObjects],
            Resource: assets,
            Condition: { StringEquals: { 'aws:ResourceAccount': accountId } },
          },
        ],
      };
    case 'deploy':
      return {
        trustedBy: accounts,
        managedPolicies: managed('AWSCloudFormationReadOnlyAccess'),
        statements: [
          {
            Action: ['CreateChangeSet', 'DeleteChangeSet', 'ExecuteChangeSet', 'CreateStack', 'UpdateStack'].map(
              (action) => `cloudformation:${action}`,
            ),
            Resource: '*',
          },
          {
            Sid: 'PipelineCrossAccountArtifactsBucket',
            Action: [...readObjects, ...writeObjects],
            Resource: '*',
            Condition: { StringNotEquals: { 's3:ResourceAccount': accountId } },
          },
          { Action: 'iam:PassRole', Resource: bootstrapRoleArn('cfn-exec', scope) },
          {
            Sid: 'CliPermissions',
            Action: [
              'cloudformation:DeleteStack',
              'cloudformation:UpdateTerminationProtection',
              'sts:GetCallerIdentity',
            ],
            Resource: '*',
          },
          { Sid: 'CliStagingBucket', Action: readObjects, Resource: assets },
          {
            Sid: 'ReadVersion',
            Action: ['ssm:GetParameter', 'ssm:GetParameters'],
            Resource: `arn:aws:ssm:${region}:${accountId}:parameter${versionParameter()}`,
          },
        ],
      };
  }
}

function policy(statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) };
}

/** The parameter with the bootstrap's version. */
function versionParameter(): string {
  return `/cdk-bootstrap/${QUALIFIER}/version`;
}
