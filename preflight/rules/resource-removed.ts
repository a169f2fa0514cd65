import { references, text } from '../template/intrinsics';
import { rightsOf } from '../template/policy';
import type { Resource, Template } from '../template/template';
import { type Update, updatesOf } from './live';
import type { Problem, Rule } from './rule';

/** Not something that code uses, but how it is run, watched and released; or a rule of its own looks at it. */
const NOT_USED_BY_CODE = /^AWS::(IAM|Lambda|CodeDeploy|CloudWatch|Logs|ApiGateway|ApiGatewayV2)::/;

/** Properties that CloudFormation cannot change without making the resource anew, and deleting the old one. */
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

/** A table, queue, bucket … that the live version uses, gone with the release that stops using it. */
export const resourceRemoved = {
  id: 'resource-removed',
  find: (subject) =>
    updatesOf(subject).flatMap((update) => {
      const { canary, deployed } = update;
      return usedBy(update).flatMap((id): readonly Problem[] => {
        const before = deployed.Resources[id]!;
        const gone = wayOut(before, subject.template, id);
        if (gone === undefined) return [];
        return [
          {
            severity: 'error',
            where: { path: `Resources.${id}`, function: canary.key },
            why: `The live version of ${canary.key} uses this ${before.Type}, and the release ${gone}. The live version has the old name in its environment until its last request; once the shift has ended nothing is left to go back to.`,
            fix: `keep ${id} in resources for this release, and remove it in one that changes nothing of functions.${canary.key}`,
          },
        ];
      });
    }),
} as const satisfies Rule;

/** What the live function's environment and its role's policies name. */
function usedBy({ live, deployed }: Update): readonly string[] {
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

function wayOut(before: Resource, template: Template, id: string): string | undefined {
  const now = template.Resources[id];
  if (!now) return 'removes it';
  if (now.Type !== before.Type) return `puts an ${now.Type} in its place`;
  const name = NAMES[before.Type];
  if (name === undefined) return undefined;
  const [old, next] = [before.Properties[name], now.Properties[name]];
  if (JSON.stringify(old) === JSON.stringify(next)) return undefined;
  const shown = (value: unknown) => (value === undefined ? 'a generated name' : text(value));
  return `replaces it by another: its ${name} changes from ${shown(old)} to ${shown(next)}`;
}
