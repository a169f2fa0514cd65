import { LONGEST_TIMEOUT } from '../embedded-aws/api-gateway/http-api';
import type { ModelledDuration } from '../embedded-aws/lambda/duration-model';
import type { Effect } from '../embedded-aws/lambda/effect';

/** How one invocation of the modelled function ended, as Lambda and as the API see it. */
export interface ModelledInvocation {
  /** Whether Lambda counts an error. */
  readonly failed: boolean;
  /** Virtual milliseconds of the handler: the metric `Duration`. */
  readonly duration: number;
  /** HTTP status that the API answers. */
  readonly status: number;
  /** Whether the body of the answer has lost its content. */
  readonly emptied: boolean;
  /** Whether the execution environment has ended with it. */
  readonly ends: boolean;
}

/**
 * Applies the effect of a fault to an invocation, as the embedded Lambda and API Gateway do when they run real code.
 * `test/benchmark/lambda-agreement.e2e.ts` compares both.
 *
 * @param drawn Duration without the effect.
 * @param timeout Timeout of the function, in milliseconds.
 */
export function modelInvocation(
  effect: Effect | undefined,
  drawn: ModelledDuration,
  timeout: number,
): ModelledInvocation {
  const { handler, init } = drawn;
  switch (effect?.type) {
    case undefined:
      return { failed: false, duration: handler, status: 200, emptied: false, ends: false };
    case 'throws':
      return { failed: true, duration: handler, status: 500, emptied: false, ends: false };
    case 'import-fails':
    case 'is-killed':
      return { failed: true, duration: handler, status: 500, emptied: false, ends: true };
    case 'answers-500':
      return { failed: false, duration: handler, status: 500, emptied: false, ends: false };
    case 'loses-content':
      return { failed: false, duration: handler, status: 200, emptied: true, ends: false };
    case 'waits': {
      const timedOut = effect.duration > timeout - handler;
      const duration = timedOut ? timeout : handler + effect.duration;
      const tooLate = duration + init > LONGEST_TIMEOUT;
      return {
        failed: timedOut,
        duration,
        status: tooLate ? 503 : timedOut ? 500 : 200,
        emptied: false,
        ends: timedOut,
      };
    }
  }
}
