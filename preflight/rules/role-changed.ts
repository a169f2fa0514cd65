import { text } from '../template/intrinsics';
import { updatesOf } from './live';
import type { Problem, Rule } from './rule';

/** Both versions of a weighted alias must have the same role and dead-letter configuration (Lambda guide). */
const SAME_FOR_BOTH = [
  { property: 'Role', what: 'execution role' },
  { property: 'DeadLetterConfig', what: 'dead-letter queue' },
] as const;

export const roleChanged = {
  id: 'role-changed',
  find: (subject) =>
    updatesOf(subject).flatMap(({ canary, live }) =>
      SAME_FOR_BOTH.flatMap(({ property, what }): readonly Problem[] => {
        const before = live.function.Properties[property];
        const now = canary.function.Properties[property];
        if (JSON.stringify(before) === JSON.stringify(now)) return [];
        const shown = (value: unknown) => (value === undefined ? 'none' : text(value));
        return [
          {
            severity: 'error',
            where: { path: `Resources.${canary.functionId}.Properties.${property}`, function: canary.key },
            why: `The ${what} changes from ${shown(before)} to ${shown(now)}. An alias can be split only over versions with the same one, so the shift fails.`,
            fix: `release the change of functions.${canary.key} by itself with deploymentSettings.type: AllAtOnce, then go back to the canary`,
          },
        ];
      }),
    ),
} as const satisfies Rule;
