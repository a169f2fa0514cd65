import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/**
 * CDK Pipelines lets the self-update describe every stack and list every bucket. `cdk deploy` of one stack needs the
 * stack and the bootstrap's bucket; the rest it does as the bootstrap's roles.
 *
 * @throws Error if the module grants something else on everything, e.g. after an update of aws-cdk-lib
 */
export function scopeSelfMutation(pipeline: CodePipeline): void {
  const stack = Stack.of(pipeline);
  const policy = pipeline.selfMutationProject.role?.node.findChild('DefaultPolicy').node.defaultChild;
  if (!(policy instanceof CfnPolicy)) throw new Error('the self-update has no policy of its own to scope');

  const place = `${stack.region}:${stack.account}`;
  const scopes: Readonly<Record<string, readonly string[]>> = {
    'cloudformation:DescribeStacks': [stack.stackName, 'CDKToolkit'].map(
      (name) => `arn:${stack.partition}:cloudformation:${place}:stack/${name}/*`,
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
    if (Resource === undefined) throw new Error(`the self-update is granted ${action} on everything; scope it here`);
    return { ...statement, Action: action, Resource };
  });
}
