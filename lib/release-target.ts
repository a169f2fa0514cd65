import type { WatchedEnvironment } from '../release/notify/settings';
import type { EnvironmentConfig } from './config/pipeline-config';
import { type Place, type ReleaseNames, roleArn } from './names/release-names';
import type { ServiceDescription } from './service/service-description';

/** One environment a push is released to, with all that is known of it at synthesis. */
export interface ReleaseTarget {
  readonly environment: EnvironmentConfig;
  readonly service: ServiceDescription;
  readonly names: ReleaseNames;
  readonly place: Place;
}

/** What the pipeline's functions are told of an environment. */
export function toldOf({ environment, names, place }: ReleaseTarget): WatchedEnvironment {
  return {
    name: environment.name,
    stack: names.serviceStack,
    account: place.account,
    region: place.region,
    role: roleArn(place, names, names.watchRole),
  };
}

/** The accounts of environments that are not the pipeline's own. */
export function otherAccounts(targets: readonly ReleaseTarget[], pipeline: Place): string[] {
  return [...new Set(targets.map(({ place }) => place.account))].filter((account) => account !== pipeline.account);
}
