import type { FunctionVersion } from './function';
import type { InvocationTarget } from './function-store';

/** An error as a function throws it. */
interface ThrownError {
  readonly name: string;
  readonly message: string;
}

/**
 * What befalls one invocation beside what its code does. It happens in the function's own process, around its handler,
 * so that errors, logs, metrics and crashes are those that Lambda makes of it.
 */
export type Effect =
  /** The module throws while it is imported; only a cold invocation can meet it. */
  | {
      readonly type: 'import-fails';
      readonly error: ThrownError;
      /**
       * An environment variable that is not there.
       *
       * @default - All are.
       */
      readonly without?: string;
    }
  /** The handler throws before it has done anything. */
  | { readonly type: 'throws'; readonly error: ThrownError }
  /** The handler does its work, and answers 500 instead of its result. */
  | { readonly type: 'answers-500' }
  /** The handler's result keeps its status and headers, and its body loses its content. */
  | { readonly type: 'loses-content' }
  /** The process is killed, as Lambda does to one that takes more memory than it has. */
  | { readonly type: 'is-killed' }
  /** The handler waits before its work; in virtual milliseconds. */
  | { readonly type: 'waits'; readonly duration: number };

/** An invocation that is about to run. */
export interface EffectSubject {
  /** As it was invoked: `alias` is undefined for a call of a version itself. */
  readonly target: InvocationTarget;
  readonly version: FunctionVersion;
  /** JSON text. */
  readonly payload: string;
  /** Virtual instant, in milliseconds since the epoch. */
  readonly at: number;
  /** Name of the environment, which no other has. */
  readonly environment: string;
  /** Whether it is the environment's first. */
  readonly cold: boolean;
  /** Virtual milliseconds that the handler would take. */
  readonly duration: number;
}

/**
 * Decides what befalls an invocation.
 *
 * @returns Undefined when nothing does.
 */
export type Interference = (subject: EffectSubject) => Effect | undefined;
