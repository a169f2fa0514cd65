import { Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';

/**
 * The services that describe `aws:SourceAccount` in the trust policy of their service role. CloudFormation and Lambda do not:
 * the roles that they assume have no such condition.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/cross-service-confused-deputy-prevention.html
 */
const SERVICES = ['codebuild.amazonaws.com', 'codepipeline.amazonaws.com'];

interface TrustStatement {
  readonly Principal?: { readonly Service?: string };
}

/**
 * Limits the roles of a stack that CodeBuild and CodePipeline assume to projects and pipelines of the stack's account, so that
 * these services cannot be made to use them for another account. Most of the roles are made by aws-cdk-lib, which sets no such
 * condition.
 */
export function limitTrust(stack: Stack): void {
  for (const role of stack.node.findAll()) {
    if (!(role instanceof CfnRole) || Stack.of(role) !== stack) continue;
    const { Statement = [] } = stack.resolve(role.assumeRolePolicyDocument) as { Statement?: TrustStatement[] };
    for (const [index, { Principal }] of Statement.entries()) {
      if (!SERVICES.includes(Principal?.Service ?? '')) continue;
      const condition = `AssumeRolePolicyDocument.Statement.${index}.Condition.StringEquals`;
      role.addPropertyOverride(condition, { 'aws:SourceAccount': stack.account });
    }
  }
}
