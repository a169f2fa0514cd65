import type { PreflightRule, RuleProblem } from './rule';

/** A canary without a hook before or after its shift. */
export const noHook = {
  id: 'no-hook',
  find: (subject) =>
    subject.canaries.flatMap(({ hooks, key, aliasId }): readonly RuleProblem[] => {
      const where = { path: `Resources.${aliasId}.UpdatePolicy.CodeDeployLambdaAliasUpdate`, function: key };
      if (!hooks.some(({ event }) => event === 'BeforeAllowTrafficHook')) {
        return [
          {
            severity: 'warning',
            where,
            why: `Nothing checks the new version of ${key} before users’ requests reach it: if it always fails, users are the first to notice.`,
            fix: `write functions.${key}.deploymentSettings.preTrafficHook with the key of a function that invokes the new version`,
          },
        ];
      }
      if (hooks.some(({ event }) => event === 'AfterAllowTrafficHook')) return [];
      return [
        {
          severity: 'warning',
          where,
          why: `Nothing checks ${key} once the new version has all traffic, or reports that the canary got too few requests.`,
          fix: `write functions.${key}.deploymentSettings.postTrafficHook with the key of a function that checks the public endpoint`,
        },
      ];
    }),
} as const satisfies PreflightRule;
