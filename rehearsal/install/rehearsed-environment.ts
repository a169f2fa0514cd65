import type { Scope } from '../../embedded-aws/scope';
import type { Pipeline } from '../pipeline/model';

/** An environment as the synthesised pipeline releases to it. */
export interface RehearsedEnvironment extends Scope {
  /** e.g. `prod` */
  readonly name: string;
  /** of the service, not of the pipeline */
  readonly stackName: string;
  /** of the service, relative to the repository */
  readonly serviceDirectory: string;
}

/**
 * @returns the environments of a pipeline, in their order: where a CodeBuild action is told which stack to release
 * @throws Error when there is none
 */
export function rehearsedEnvironments(pipeline: Pipeline): readonly RehearsedEnvironment[] {
  const environments = pipeline.stages.flatMap(({ actions }) =>
    actions.flatMap((action): RehearsedEnvironment[] => {
      if (action.type !== 'CodeBuild') return [];
      const variables = new Map([...action.project.environment, ...action.environment].map((v) => [v.name, v.value]));
      const stackName = variables.get('STACK_NAME');
      if (!stackName) return [];
      return [
        {
          name: variables.get('STAGE') ?? '',
          stackName,
          serviceDirectory: variables.get('SERVICE_DIRECTORY') ?? '',
          region: variables.get('DEPLOY_REGION') ?? action.region,
          accountId: (variables.get('DEPLOY_ROLE_ARN') ?? '').split(':')[4] ?? '',
        },
      ];
    }),
  );
  if (environments.length === 0)
    throw new Error('the synthesised pipeline releases to no environment: it has no Deploy action');
  return environments;
}
