import type { WatchedEnvironment } from '../../release/notify/settings';
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
 * @param role The role of the environment that the function assumes.
 * @returns What the pipeline's functions need to know to read an environment.
 */
export function watchedEnvironment(
  { config, names, location }: PipelineEnvironment,
  role: 'watchRole' | 'boardRole',
): WatchedEnvironment {
  return {
    name: config.name,
    stack: names.serviceStack,
    account: location.account,
    region: location.region,
    role: roleArn(location, names, names[role]),
  };
}

/** @returns The accounts of the environments, without the pipeline's own. */
export function otherAccounts(environments: readonly PipelineEnvironment[], pipeline: AccountRegion): string[] {
  const accounts = new Set(environments.map(({ location }) => location.account));
  return [...accounts].filter((account) => account !== pipeline.account);
}
