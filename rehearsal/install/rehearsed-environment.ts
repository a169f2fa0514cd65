import type { Scope } from '../../embedded-aws/scope';
import type { Pipeline } from '../pipeline/model';

/** An environment to which the synthesised pipeline releases. */
export interface RehearsedEnvironment extends Scope {
  /** Name, e.g. `prod`. */
  readonly name: string;
  /** Name of the service's stack. */
  readonly stackName: string;
  /** Directory of the service, relative to the repository. */
  readonly serviceDirectory: string;
}

/**
 * Finds the environments of a pipeline: one for each CodeBuild action with a variable STACK_NAME.
 *
 * @returns The environments, in the order of the pipeline.
 * @throws Error when there is none.
 */
export function rehearsedEnvironments(pipeline: Pipeline): readonly RehearsedEnvironment[] {
  const environments = pipeline.stages.flatMap(({ actions }) =>
    actions.flatMap((action): RehearsedEnvironment[] => {
      if (action.type !== 'CodeBuild') return [];
      const all = [...action.project.environment, ...action.environment];
      const variables = new Map(all.map(({ name, value }) => [name, value]));
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
  if (environments.length === 0) {
    throw new Error(
      'the synthesised pipeline has no environment: none of its CodeBuild actions has a variable STACK_NAME; ' +
        'add a Deploy action',
    );
  }
  return environments;
}
