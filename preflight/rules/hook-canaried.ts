import type { Problem, Rule } from './rule';

/** A hook whose own alias is shifted: CodeDeploy calls the newest code of a hook, never its alias. */
export const hookCanaried = {
  id: 'hook-canaried',
  find: ({ canaries }) =>
    canaries
      .filter(({ functionId }) => canaries.some(({ hooks }) => hooks.some((hook) => hook.functionId === functionId)))
      .map(
        ({ key, groupId }): Problem => ({
          severity: 'error',
          where: { path: `Resources.${groupId}`, function: key },
          why: `${key} is a hook and a canary. CodeDeploy calls a hook's newest code, never its alias, so its canary gets no traffic; and each of the two releases waits for the other's hook.`,
          fix: `remove functions.${key}.deploymentSettings`,
        }),
      ),
} as const satisfies Rule;
