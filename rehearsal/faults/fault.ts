import type { Effect } from '../../embedded-aws/lambda/effect';
import type { Random } from '../../embedded-aws/random';

/** What a fault may go by when it decides about one invocation. */
export interface Circumstances {
  /** a stream of this fault and version */
  readonly chance: Random;
  /** whether the environment runs for the first time */
  readonly cold: boolean;
  /** invocations that the environment has behind it */
  readonly served: number;
  /** e.g. `GET /hello`, @default the event names no route */
  readonly route: string | undefined;
  /** the route that traffic asked for least often so far, @default there was no traffic yet */
  readonly rarestRoute: string | undefined;
  /** names of the environment variables that the function's configuration sets */
  readonly variables: readonly string[];
  /** the function's timeout, in milliseconds */
  readonly timeout: number;
  /** virtual milliseconds that the handler takes without the fault */
  readonly duration: number;
  /** virtual milliseconds since the last environment's Deploy began, @default it has not */
  readonly deploying: number | undefined;
  /** virtual milliseconds since traffic began to shift there, @default it has not */
  readonly shifting: number | undefined;
}

interface Described {
  /** as it is given on the command line */
  readonly name: string;
  /** what it is, in a line */
  readonly line: string;
  /** what ought to become of the release: what is not its own fault must not stop it */
  readonly expected: 'caught' | 'passed';
}

/** Something that befalls functions. */
export interface FunctionFault extends Described {
  /**
   * The versions that it befalls, in the last environment: those published since the push; those from before it, from the
   * moment at which the stack's update has changed their function until it is rolled back; or both, from the push on in the
   * function with the most traffic, and from Deploy on in all.
   */
  readonly scope: 'new' | 'old' | 'both';
  /** @returns what befalls an invocation; undefined when nothing does */
  readonly effect: (circumstances: Circumstances) => Effect | undefined;
}

/** Another traffic than the service declares, from the beginning of the last environment's Deploy on. */
export interface TrafficFault extends Described {
  readonly scope: 'traffic';
  /**
   * @param declared requests a second
   * @param shifting virtual milliseconds since traffic began to shift, undefined before
   * @returns requests a second
   */
  readonly pace: (declared: number, shifting: number | undefined) => number;
}

/** A named way for a release to be bad, or for the world to be while a release is good. */
export type Fault = FunctionFault | TrafficFault;

/** What decides whether a fault applies to a version. */
export interface FaultyVersion {
  /** Whether the push has published it. */
  readonly isNew: boolean;
  /** Whether the stack's update has changed its function, which has not been rolled back yet. */
  readonly isReplaced: boolean;
}

/** @returns Whether a fault applies to a version, once the Deploy of the environment with the traffic has begun. */
export function appliesTo({ scope }: FunctionFault, { isNew, isReplaced }: FaultyVersion): boolean {
  switch (scope) {
    case 'new':
      return isNew;
    case 'old':
      return !isNew && isReplaced;
    case 'both':
      return true;
  }
}

/**
 * @returns The effect of a fault on one invocation, undefined when it has none. An import cannot fail in an environment that
 * has imported its module already.
 */
export function effectOn(fault: FunctionFault, circumstances: Circumstances): Effect | undefined {
  const effect = fault.effect(circumstances);
  return effect?.type === 'import-fails' && !circumstances.cold ? undefined : effect;
}
