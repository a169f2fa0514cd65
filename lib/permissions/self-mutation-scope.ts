import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/**
 * Narrows the permissions of the self-update. CDK Pipelines allows it to describe every stack and list every bucket,
 * but `cdk deploy` of one stack needs only that stack and the bootstrap's bucket; all else it does as the bootstrap's
 * roles.
 *
 * @throws Error when aws-cdk-lib grants another action on all resources, e.g. after an update of the library.
 */
export function scopeSelfMutation(pipeline: CodePipeline): void {
  const stack = Stack.of(pipeline);
  const policy = pipeline.selfMutationProject.role?.node.findChild('DefaultPolicy').node.defaultChild;
  if (!(policy instanceof CfnPolicy)) {
    throw new Error(
      'the role of the self-update has no default policy to narrow; adapt scopeSelfMutation to this aws-cdk-lib',
    );
  }

  const regionAndAccount = `${stack.region}:${stack.account}`;
  const scopes: Readonly<Record<string, readonly string[]>> = {
    'cloudformation:DescribeStacks': [stack.stackName, 'CDKToolkit'].map(
      (name) => `arn:${stack.partition}:cloudformation:${regionAndAccount}:stack/${name}/*`,
    ),
    's3:ListBucket': [`arn:${stack.partition}:s3:::cdk-*-assets-${stack.account}-${stack.region}`],
  };
  const granted = policy.policyDocument;
  policy.policyDocument = Lazy.any({
    produce: () => {
      const { Statement: statements, ...document } = stack.resolve(granted) as { Statement: Statement[] };
      return { ...document, Statement: statements.flatMap((statement) => scoped(statement, scopes)) };
    },
  });
}

function scoped(statement: Statement, scopes: Readonly<Record<string, readonly string[]>>): Statement[] {
  if (statement.Resource !== '*') return [statement];
  return [statement.Action].flat().map((action) => {
    const Resource = scopes[action];
    if (Resource === undefined) {
      throw new Error(`aws-cdk-lib grants the self-update ${action} on all resources; narrow it in scopeSelfMutation`);
    }
    return { ...statement, Action: action, Resource };
  });
}
