import type { Scope } from '../../embedded-aws/scope';
import type { World } from '../../embedded-aws/world';

/** The bootstrap version that all accounts are assumed to have. Templates of aws-cdk-lib 2 require 6 or newer. */
const BOOTSTRAP_VERSION = '30';

/** CDK's default qualifier, which distinguishes several bootstraps of one account. */
const QUALIFIER = 'hnb659fds';

/** What CloudFormation may do for `cdk deploy`: the policy that `cdk bootstrap --trust` is usually given. */
const EXECUTION_POLICY = 'arn:aws:iam::aws:policy/AdministratorAccess';

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
  const parameter = `/cdk-bootstrap/${QUALIFIER}/version`;
  if (ssm.get(parameter)) return;
  const iam = world.account(scope.accountId);
  for (const role of ROLES) {
    const Principal = {
      Service: 'cloudformation.amazonaws.com',
      AWS: [`arn:aws:iam::${scope.accountId}:root`, `arn:aws:iam::${pipelineAccount}:root`],
    };
    iam.createRole({
      name: roleName(role, scope),
      managedPolicies: role === 'cfn-exec' ? [EXECUTION_POLICY] : [],
      trustPolicy: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] },
    });
  }
  world.buckets.create(assetsBucket(scope), scope, now);
  ssm.put(parameter, BOOTSTRAP_VERSION);
}
