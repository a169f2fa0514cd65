import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { render } from './log';
import { cut, shorten } from './shorten';
import { headline, stackWithStatus } from './wording';

/** The longest message of PutJobFailureResult (CodePipeline API reference, FailureDetails). */
export const FAILURE_LIMIT = 5_000;

/** No line of it may keep the next ones from being seen. */
const FIRST_LINE_LIMIT = 1_000;

/**
 * The whole verdict as one message: CodePipeline shows its first line, so that says what happened; after it stands the
 * log. Of many functions those that caused it come first, so what is left out is the least.
 */
export function failureMessage(outcome: ReleaseOutcome): string {
  const first = cut(headline(outcome).replaceAll('\n', ' '), FIRST_LINE_LIMIT);
  const [, ...details] = render(outcome).split('\n');
  const stack = stackWithStatus(outcome);
  const size = functionsOf(outcome).length;
  return shorten([first, size > 1 ? `${stack}, ${size} functions` : stack, ...details].join('\n'), FAILURE_LIMIT);
}
