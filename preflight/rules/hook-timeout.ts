import { keyOf, timeoutOf } from '../subject';
import type { Problem, Rule } from './rule';

/** Seconds. sls gives a function 6 if nobody says otherwise, and a cold start with the AWS SDK takes some of them. */
const SHORTEST = 10;
/** Seconds. A hook that hangs is run three times, because CodeDeploy calls it asynchronously (Lambda guide, retries). */
const LONGEST = 300;

export const hookTimeout = {
  id: 'hook-timeout',
  find: ({ canaries, template }) => {
    const hooks = new Map(
      canaries.flatMap(({ hooks, key }) => hooks.map(({ functionId }) => [functionId, key] as const)),
    );
    return [...hooks].flatMap(([functionId, key]): readonly Problem[] => {
      const resource = template.Resources[functionId ?? ''];
      if (functionId === undefined || !resource) return [];
      const seconds = timeoutOf(resource);
      if (seconds >= SHORTEST && seconds <= LONGEST) return [];
      const hook = keyOf(functionId);
      return [
        {
          severity: 'warning',
          where: { path: `Resources.${functionId}.Properties.Timeout`, function: key },
          why:
            seconds < SHORTEST
              ? `${hook} is ended after ${seconds} s. A hook that is ended before it reports holds the deployment for an hour.`
              : `${hook} may run for ${seconds} s, and one that hangs is run three times: so long nobody learns that the release is stuck.`,
          fix: `write functions.${hook}.timeout, e.g. 60; at least ${SHORTEST}, at most ${LONGEST}`,
        },
      ];
    });
  },
} as const satisfies Rule;
