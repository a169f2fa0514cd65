import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { render } from './log';
import { cut, shorten } from './shorten';
import { headline, stackWithStatus } from './wording';

/** Characters that PutJobFailureResult allows in a message (CodePipeline API reference, FailureDetails). */
export const FAILURE_LIMIT = 5_000;

/** Keeps a long first line from hiding the lines after it. */
const FIRST_LINE_LIMIT = 1_000;

/**
 * The whole outcome as the message of a failed action. CodePipeline shows its first line, so that one says what
 * happened; the log follows. Functions that caused the failure come first there, so what exceeds the limit matters
 * least.
 */
export function failureMessage(outcome: ReleaseOutcome): string {
  const first = cut(headline(outcome).replaceAll('\n', ' '), FIRST_LINE_LIMIT);
  const [, ...details] = render(outcome).split('\n');
  const stack = stackWithStatus(outcome);
  const size = functionsOf(outcome).length;
  return shorten([first, size > 1 ? `${stack}, ${size} functions` : stack, ...details].join('\n'), FAILURE_LIMIT);
}
