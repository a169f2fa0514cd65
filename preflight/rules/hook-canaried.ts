import type { PreflightRule, RuleProblem } from './rule';

/** A hook that is released by a canary itself: CodeDeploy invokes the newest code of a hook, never its alias. */
export const hookCanaried = {
  id: 'hook-canaried',
  find: ({ canaries }) =>
    canaries
      .filter(({ functionId }) => canaries.some(({ hooks }) => hooks.some((hook) => hook.functionId === functionId)))
      .map(
        ({ key, groupId }): RuleProblem => ({
          severity: 'error',
          where: { path: `Resources.${groupId}`, function: key },
          why: `${key} is a hook and has a canary itself. CodeDeploy invokes the newest code of a hook, never its alias, so this canary gets no traffic, and each of the two releases waits for the hook of the other.`,
          fix: `remove functions.${key}.deploymentSettings`,
        }),
      ),
} as const satisfies PreflightRule;
