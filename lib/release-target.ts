import type { EnvironmentConfig } from './config';
import type { Place, ReleaseNames } from './release-names';
import type { ServiceDescription } from './service-description';

/** One environment a push is released to, with all that is known of it at synthesis. */
export interface ReleaseTarget {
  readonly environment: EnvironmentConfig;
  readonly service: ServiceDescription;
  readonly names: ReleaseNames;
  readonly place: Place;
}
