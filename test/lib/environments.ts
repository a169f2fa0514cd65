import type { PipelineEnvironment } from '../../lib/environment/pipeline-environment';
import { releaseNames } from '../../lib/names/release-names';
import type { ServiceDescription } from '../../lib/service/service-description';

/** A service with one function, released by a five-minute canary with both hooks. */
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

/** Account and region of the tests' pipeline. */
export const HOME = { partition: 'aws', region: 'eu-central-1', account: '111111111111' };

/** For tests without a whole pipeline, which takes Jest a second to load. */
export function environmentNamed(name: string, account = HOME.account, service = GREETER): PipelineEnvironment {
  return {
    config: { name },
    service,
    names: releaseNames(service.name, name),
    location: { ...HOME, account },
  };
}
