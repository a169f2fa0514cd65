import type { FunctionVersion } from './function';
import type { InvocationTarget } from './function-store';

/** An error that a function throws. */
interface ThrownError {
  readonly name: string;
  readonly message: string;
}

/**
 * A deviation from what the code of one invocation does. It happens in the function's process, around its handler, so
 * that errors, logs, metrics and crashes are those that Lambda makes of it.
 */
export type Effect =
  /** The module throws while it is imported; affects cold invocations only. */
  | {
      readonly type: 'import-fails';
      readonly error: ThrownError;
      /**
       * Environment variable to remove.
       *
       * @default - All variables are set.
       */
      readonly without?: string;
    }
  /** The handler throws before it does anything. */
  | { readonly type: 'throws'; readonly error: ThrownError }
  /** The handler does its work, but its result is replaced by a 500. */
  | { readonly type: 'answers-500' }
  /** The result keeps its status and headers, but its body loses its content. */
  | { readonly type: 'loses-content' }
  /** The process is killed, as Lambda kills a process that exceeds its memory. */
  | { readonly type: 'is-killed' }
  /** The handler waits before its work, for `duration` virtual milliseconds. */
  | { readonly type: 'waits'; readonly duration: number };

/** An invocation that is about to run. */
export interface EffectSubject {
  /** The function as it was invoked; its `alias` is undefined when a version was invoked directly. */
  readonly target: InvocationTarget;
  readonly version: FunctionVersion;
  /** Payload, as JSON text. */
  readonly payload: string;
  /** Virtual instant of the invocation, in milliseconds since the epoch. */
  readonly at: number;
  /** Unique name of the execution environment. */
  readonly environment: string;
  /** Whether it is the environment's first invocation. */
  readonly cold: boolean;
  /** Duration of the handler without an effect, in virtual milliseconds. */
  readonly duration: number;
}

/**
 * Decides the effect on each invocation before it runs.
 *
 * @returns The effect, or undefined for none.
 */
export type Interference = (subject: EffectSubject) => Effect | undefined;
