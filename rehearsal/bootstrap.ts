import type { World } from './aws/world';
import type { Home } from './pipeline/assembly';
import type { Action, Pipeline } from './pipeline/model';

/** The version of `cdk bootstrap` that the accounts are taken to have; templates of aws-cdk-lib 2 ask for 6 or newer. */
const BOOTSTRAP_VERSION = '30';

/**
 * Does to the embedded AWS what a person does to an account before the first push: `cdk bootstrap`, and `cdk deploy
 * PipelineStack` as far as others can tell, which is the roles of its projects and actions.
 */
export function bootstrap(world: World, pipeline: Pipeline, home: Required<Home>): void {
  const actions = pipeline.stages.flatMap((stage) => stage.actions);
  for (const action of actions) {
    const roleArns = rolesOf(action);
    for (const roleArn of roleArns) createRole(world, roleArn, home.accountId);
    const accountId = accountOf(roleArns[0] ?? '') ?? home.accountId;
    const { ssm } = world.region({ accountId, region: action.region });
    ssm.put('/cdk-bootstrap/hnb659fds/version', BOOTSTRAP_VERSION);
  }
}

function rolesOf(action: Action): string[] {
  const own = action.roleArn ? [action.roleArn] : [];
  switch (action.type) {
    case 'CodeBuild':
    case 'SelfMutation':
      return [...own, action.project.roleArn];
    case 'CreateUpdateStack':
    case 'ReplaceChangeSet':
      return action.executionRoleArn ? [...own, action.executionRoleArn] : own;
    default:
      return own;
  }
}

function createRole(world: World, roleArn: string, pipelineAccount: string): void {
  const accountId = accountOf(roleArn) ?? pipelineAccount;
  const [, path = '/', name = ''] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(roleArn) ?? [];
  const iam = world.account(accountId);
  if (iam.roleByArn(roleArn)) return;
  iam.createRole({
    name,
    path,
    trustPolicy: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: {
            Service: ['codebuild.amazonaws.com', 'codepipeline.amazonaws.com', 'cloudformation.amazonaws.com'],
            AWS: `arn:aws:iam::${pipelineAccount}:root`,
          },
        },
      ],
    },
  });
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4] || undefined;
}
