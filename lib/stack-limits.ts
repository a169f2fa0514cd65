import { readFileSync } from 'node:fs';
import type { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { describeExcess } from '../aws-rules/limits/measure';
import { measureTemplate } from '../aws-rules/limits/measure-template';
import type { QuotaId } from '../aws-rules/limits/quotas';

/** What CDK writes for an account or region that only the deployment knows. */
const UNKNOWN = /^unknown-/;

/** A region with one of the longest names that AWS has. */
const LONGEST_REGION = 'ap-southeast-1';

const SHORTER = 'shorten the name of the service or of the environment';
const FEWER = 'remove environments, or release some of them by a second pipeline';

/** What to do about the quotas that the configuration and the service can make the pipeline's stacks exceed. */
const REMEDIES: Partial<Record<QuotaId, string>> = {
  pipelineStages: `${FEWER}: each is a stage, and three stages come before them`,
  pipelineActions: FEWER,
  resources: FEWER,
  template: FEWER,
  environmentVariables: FEWER,
  inlinePolicies: 'write fewer deployPermissions, with wildcards in place of one ARN for each resource',
  actionTemplate: 'split the service into two services: its dashboard shows every function that a canary releases',
};

/**
 * Measures the synthesised stacks against AWS's limits: the pipeline's, which `cdk deploy` hands on by S3, and those of the
 * environments, which the pipeline deploys by an action.
 *
 * @throws Error with every excess, its number, the limit and what to do.
 */
export function refuseExcesses(assembly: CloudAssembly): void {
  const own = new Set(assembly.stacks.map(({ id }) => id));
  const problems = assembly.stacksRecursively.flatMap((stack) =>
    excessesOf(stack, own.has(stack.id) ? 'template' : 'actionTemplate'),
  );
  if (problems.length === 0) return;
  throw new Error(`AWS would refuse the pipeline's stacks:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

function excessesOf(stack: CloudFormationStackArtifact, size: QuotaId): string[] {
  const text = readFileSync(stack.templateFullPath, 'utf8');
  const { account, region } = stack.environment;
  const excesses = measureTemplate({
    template: JSON.parse(text),
    text,
    stack: {
      stackName: stack.stackName,
      partition: 'aws',
      region: UNKNOWN.test(region) ? LONGEST_REGION : region,
      account: UNKNOWN.test(account) ? '123456789012' : account,
    },
    size,
  });
  return excesses.map(
    (each) => `${stack.stackName} ${each.path}: ${describeExcess(each)}; ${REMEDIES[each.quota] ?? SHORTER}`,
  );
}
