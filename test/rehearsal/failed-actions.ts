import type { RehearsedRelease } from '../../rehearsal/rehearsal';

/** Lines at the end of a failed action's log that say why it failed. */
const LAST_LINES = 30;

/** @returns A text for each action that failed: its name, its message and the end of its log. */
export function failedActions({ execution }: RehearsedRelease): readonly string[] {
  return execution.actions.flatMap(({ action, result, log }) =>
    result.type === 'failed'
      ? [[`${action.stage}/${action.name}: ${result.message}`, ...log.slice(-LAST_LINES)].join('\n')]
      : [],
  );
}
