import { references, text } from '../template/intrinsics';
import { rightsOf } from '../template/policy';
import type { Resource, Template } from '../template/template';
import { type CanaryUpdate, canaryUpdates } from './canary-updates';
import type { PreflightRule, RuleProblem } from './rule';

/** Types that code does not use itself, or that other rules are about. */
const NOT_USED_BY_CODE = /^AWS::(IAM|Lambda|CodeDeploy|CloudWatch|Logs|ApiGateway|ApiGatewayV2)::/;

/** Properties whose change makes CloudFormation create another resource and delete the old one. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SSM::Parameter': 'Name',
  'AWS::Events::EventBus': 'Name',
  'AWS::Kinesis::Stream': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/** A table, queue, bucket … that the live version uses and that the release removes. */
export const resourceRemoved = {
  id: 'resource-removed',
  find: (subject) =>
    canaryUpdates(subject).flatMap((update) => {
      const { canary, deployed } = update;
      return usedBy(update).flatMap((id): readonly RuleProblem[] => {
        const before = deployed.Resources[id]!;
        const removal = removalOf(before, subject.template, id);
        if (removal === undefined) return [];
        return [
          {
            severity: 'error',
            where: { path: `Resources.${id}`, function: canary.key },
            why: `The live version of ${canary.key} uses this ${before.Type}, and the release ${removal}. The live version needs the old one until its last request, and after the shift no version is left to roll back to.`,
            fix: `keep ${id} in resources for this release, and remove it in a later one that does not change functions.${canary.key}`,
          },
        ];
      });
    }),
} as const satisfies PreflightRule;

/** @returns Logical ids of the resources that the live function's environment or the policies of its role name. */
function usedBy({ live, deployed }: CanaryUpdate): readonly string[] {
  const rights = rightsOf(deployed, live.function.Properties.Role);
  const granted = (rights?.grants ?? []).flatMap(({ resource }) =>
    [...resource.matchAll(/\$\{([^!.}:]+)/g)].map(([, id]) => id!),
  );
  const used = new Set([...references(live.function.Properties), ...granted]);
  return [...used].filter((id) => {
    const resource = deployed.Resources[id];
    return resource !== undefined && !NOT_USED_BY_CODE.test(resource.Type);
  });
}

/** @returns How the release removes a resource, undefined when it does not. */
function removalOf(before: Resource, template: Template, id: string): string | undefined {
  const now = template.Resources[id];
  if (!now) return 'removes it';
  if (now.Type !== before.Type) return `replaces it by an ${now.Type}`;
  const name = NAMES[before.Type];
  if (name === undefined) return undefined;
  const [old, next] = [before.Properties[name], now.Properties[name]];
  if (JSON.stringify(old) === JSON.stringify(next)) return undefined;
  const shown = (value: unknown) => (value === undefined ? 'a generated name' : text(value));
  return `replaces it: its ${name} changes from ${shown(old)} to ${shown(next)}`;
}
