import type { Problem, Rule } from './rule';

/** A canary without a check of its own before its first request. */
export const noHook = {
  id: 'no-hook',
  find: (subject) =>
    subject.canaries.flatMap(({ hooks, key, aliasId }): readonly Problem[] => {
      const where = { path: `Resources.${aliasId}.UpdatePolicy.CodeDeployLambdaAliasUpdate`, function: key };
      if (!hooks.some(({ event }) => event === 'BeforeAllowTrafficHook')) {
        return [
          {
            severity: 'warning',
            where,
            why: `Nothing tries the new version of ${key} before people get it, so what fails always fails for them first.`,
            fix: `write functions.${key}.deploymentSettings.preTrafficHook, the key of a function that calls the new version`,
          },
        ];
      }
      if (hooks.some(({ event }) => event === 'AfterAllowTrafficHook')) return [];
      return [
        {
          severity: 'warning',
          where,
          why: `Nothing looks at ${key} once the new version has all of the traffic, or says that the canary saw too few requests.`,
          fix: `write functions.${key}.deploymentSettings.postTrafficHook, the key of a function that checks the public endpoint`,
        },
      ];
    }),
} as const satisfies Rule;
