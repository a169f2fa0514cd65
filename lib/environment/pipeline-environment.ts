import { writeEnvironments } from '../../release/notify/watched-environments';
import type { EnvironmentConfig } from '../config/pipeline-config';
import { type AccountRegion, type ReleaseNames, roleArn } from '../names/release-names';
import type { ServiceDescription } from '../service/service-description';

/** An environment of the pipeline, with everything that is known of it at synthesis. */
export interface PipelineEnvironment {
  /** The environment as cdk.json configures it. */
  readonly config: EnvironmentConfig;
  /** The service as it is deployed to this environment. */
  readonly service: ServiceDescription;
  readonly names: ReleaseNames;
  readonly location: AccountRegion;
}

/**
 * @param role The role of each environment that the function assumes.
 * @returns What the variable ENVIRONMENTS of a function has to contain, from which it learns how to read the environments.
 */
export function watchedEnvironments(
  environments: readonly PipelineEnvironment[],
  role: 'watchRole' | 'boardRole',
): ReturnType<typeof writeEnvironments> {
  const roles = new Set(
    environments.map(({ names, location }) =>
      roleArn({ ...location, account: '{account}' }, names, names[role].replace(names.serviceStack, '{stack}')),
    ),
  );
  const [pattern, ...others] = roles;
  if (pattern === undefined || others.length > 0) {
    throw new Error(`the roles of the environments are not named alike: ${[...roles].join(', ')}`);
  }
  return writeEnvironments(
    environments.map(({ config, names, location: { account, region } }) => ({
      name: config.name,
      stack: names.serviceStack,
      account,
      region,
    })),
    pattern,
  );
}

/** @returns The accounts of the environments, without the pipeline's own. */
export function otherAccounts(environments: readonly PipelineEnvironment[], pipeline: AccountRegion): string[] {
  const accounts = new Set(environments.map(({ location }) => location.account));
  return [...accounts].filter((account) => account !== pipeline.account);
}
