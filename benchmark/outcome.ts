import type { ModelledDuration } from '../embedded-aws/lambda/duration-model';
import type { Effect } from '../embedded-aws/lambda/effect';

/** What became of one invocation, to Lambda and to whoever asked. */
export interface Outcome {
  /** Lambda counts an error */
  readonly failed: boolean;
  /** of the handler, in virtual milliseconds: the metric `Duration` */
  readonly duration: number;
  /** what API Gateway answers */
  readonly status: number;
  /** the answer's body has lost what it should hold */
  readonly emptied: boolean;
  /** the environment is gone with it */
  readonly ends: boolean;
}

/** Milliseconds that an HTTP API waits for a function at most (API Gateway quotas). */
const INTEGRATION_TIMEOUT = 30_000;

/**
 * What the embedded Lambda and API Gateway make of an effect (`aws/lambda/invoker.ts`, `runtime/bootstrap.cjs`,
 * `aws/api-gateway/request-handler.ts`).
 *
 * @param timeout of the function, in milliseconds
 */
export function outcomeOf(effect: Effect | undefined, drawn: ModelledDuration, timeout: number): Outcome {
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
      const tooLate = duration + init > INTEGRATION_TIMEOUT;
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
