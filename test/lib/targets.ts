import { releaseNames } from '../../lib/names/release-names';
import type { ReleaseTarget } from '../../lib/release-target';
import type { ServiceDescription } from '../../lib/service/service-description';

/** A service of one function, shifted by a five-minute canary with both hooks. */
export const GREETER: ServiceDescription = {
  name: 'greeter',
  shifts: [
    {
      function: 'hello',
      functionName: 'greeter-prod-hello',
      deploymentType: 'Canary10Percent5Minutes',
      hooks: ['preTrafficHook', 'postTrafficHook'],
    },
  ],
};

/** Where the pipeline of the tests is. */
export const HOME = { partition: 'aws', region: 'eu-central-1', account: '111111111111' };

/** A target for tests that need no pipeline, which takes Jest a second to load. */
export function targetOf(environment: string, account = HOME.account, service = GREETER): ReleaseTarget {
  return {
    environment: { name: environment },
    service,
    names: releaseNames(service.name, environment),
    place: { ...HOME, account },
  };
}
