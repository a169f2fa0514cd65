import { timeoutOf } from '../subject';
import type { PreflightRule, RuleProblem } from './rule';

/** Minutes in addition to the shift and the hooks: install, upload, CloudFormation before and after. */
const REST = 5;

/** A build that waits for the deployment and is stopped before the shift has ended. */
export const buildTimeout = {
  id: 'build-timeout',
  find: ({ canaries, template, buildTimeout: limit }) =>
    canaries.flatMap(({ shift, hooks, groupId, key }): readonly RuleProblem[] => {
      if (limit === undefined || !shift) return [];
      const shifting = Math.ceil(shift.longest / 60);
      const inHooks = hooks.reduce((sum, { functionId }) => {
        const hook = template.Resources[functionId ?? ''];
        return sum + (hook ? timeoutOf(hook) / 60 : 0);
      }, 0);
      const needed = shifting + Math.ceil(inHooks) + REST;
      if (needed <= limit) return [];
      const certain = shifting >= limit;
      return [
        {
          severity: certain ? 'error' : 'warning',
          where: { path: `Resources.${groupId}.Properties.DeploymentConfigName`, function: key },
          why: `${shift.name} takes up to ${shifting} minutes, about ${needed} with hooks and CloudFormation, but the build that waits for it is stopped after ${limit}: the release ${certain ? 'continues' : 'may continue'} and the pipeline does not report its outcome.`,
          fix: `give the build at least ${needed} minutes, or write a shorter deploymentSettings.type for functions.${key}`,
        },
      ];
    }),
} as const satisfies PreflightRule;
