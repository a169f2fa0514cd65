import { timeoutOf } from '../subject';
import type { Problem, Rule } from './rule';

/** Minutes beside shift and hooks: installing, uploading, CloudFormation before and after. */
const REST = 5;

/** A build that waits for the deployment and is ended before the shift has. */
export const buildTimeout = {
  id: 'build-timeout',
  find: ({ canaries, template, buildTimeout: limit }) =>
    canaries.flatMap(({ shift, hooks, groupId, key }): readonly Problem[] => {
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
          why: `${shift.name} takes up to ${shifting} minutes, with hooks and CloudFormation about ${needed}, and the build that waits for it is ended after ${limit}: the release ${certain ? 'goes' : 'may go'} on with nobody there to judge it.`,
          fix: `give the build at least ${needed} minutes, or write a shorter deploymentSettings.type`,
        },
      ];
    }),
} as const satisfies Rule;
