import { text } from '../template/intrinsics';
import { canaryUpdates } from './canary-updates';
import type { PreflightRule, RuleProblem } from './rule';

/** Both versions of a weighted alias must have the same role and dead-letter configuration (Lambda guide). */
const SAME_FOR_BOTH = [
  { property: 'Role', what: 'execution role' },
  { property: 'DeadLetterConfig', what: 'dead-letter queue' },
] as const;

/** A change of what both versions must have in common. */
export const roleChanged = {
  id: 'role-changed',
  find: (subject) =>
    canaryUpdates(subject).flatMap(({ canary, live }) =>
      SAME_FOR_BOTH.flatMap(({ property, what }): readonly RuleProblem[] => {
        const before = live.function.Properties[property];
        const now = canary.function.Properties[property];
        if (JSON.stringify(before) === JSON.stringify(now)) return [];
        const shown = (value: unknown) => (value === undefined ? 'none' : text(value));
        return [
          {
            severity: 'error',
            where: { path: `Resources.${canary.functionId}.Properties.${property}`, function: canary.key },
            why: `The ${what} changes from ${shown(before)} to ${shown(now)}. Both versions of a split alias must have the same one, so the shift fails.`,
            fix: `release this change of functions.${canary.key} alone, with deploymentSettings.type: AllAtOnce, then return to the canary`,
          },
        ];
      }),
    ),
} as const satisfies PreflightRule;
