import type { Problem, Rule } from '../finding';
import { newTraffic } from '../shift';
import { duration } from './words';

/** Below it a version that fails one request in ten passes one time in 24 or more without a single failure. */
const FEWEST = 30;

/** A canary that serves next to nothing says nothing, and silence passes. */
export const tooLittleTraffic = {
  id: 'too-little-traffic',
  find: (subject) =>
    subject.canaries.flatMap((canary): readonly Problem[] => {
      const { shift, requestsPerSecond, key } = canary;
      if (!shift || shift.seconds === 0 || requestsPerSecond === undefined) return [];
      const requests = requestsPerSecond * newTraffic(shift, 0, shift.seconds);
      if (requests >= FEWEST) return [];
      return [
        {
          severity: 'warning',
          where: { path: `Resources.${canary.groupId}.Properties.DeploymentConfigName`, function: key },
          why: `At the declared traffic the new version answers about ${Math.round(requests * 10) / 10} requests in ${duration(shift.seconds)}: too few to tell a bad version from a good one, and no request at all passes.`,
          fix: `write a slower deploymentSettings.type for functions.${key}, or let its hooks make requests and refuse too few`,
        },
      ];
    }),
} as const satisfies Rule;
