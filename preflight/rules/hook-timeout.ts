import { keyOf, timeoutOf } from '../subject';
import type { PreflightRule, RuleProblem } from './rule';

/** Seconds. The default of sls is 6, and a cold start with the AWS SDK takes some of them. */
const SHORTEST = 10;

/** Seconds. A hook that hangs runs three times, because CodeDeploy invokes it asynchronously (Lambda guide, retries). */
const LONGEST = 300;

/** A hook whose timeout is too short to report, or so long that a stuck release is noticed late. */
export const hookTimeout = {
  id: 'hook-timeout',
  find: ({ canaries, template }) => {
    const hooks = new Map(
      canaries.flatMap(({ hooks, key }) => hooks.map(({ functionId }) => [functionId, key] as const)),
    );
    return [...hooks].flatMap(([functionId, key]): readonly RuleProblem[] => {
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
              ? `${hook} is stopped after ${seconds} s. If that is before it reports, the deployment waits an hour for it.`
              : `${hook} may run for ${seconds} s, and if it hangs, Lambda runs it three times: until then nothing shows that the release is stuck.`,
          fix: `write functions.${hook}.timeout from ${SHORTEST} to ${LONGEST}, e.g. 60`,
        },
      ];
    });
  },
} as const satisfies PreflightRule;
