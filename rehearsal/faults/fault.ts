import type { Effect } from '../../embedded-aws/lambda/effect';
import type { Random } from '../../embedded-aws/random';

/** The facts from which a fault decides whether and how it affects one invocation. */
interface FaultConditions {
  /** Random stream of this fault and version. */
  readonly chance: Random;
  /** Whether it is the first invocation of the execution environment. */
  readonly cold: boolean;
  /** Number of invocations that the execution environment has served before. */
  readonly served: number;
  /** Route of the request, e.g. `GET /hello`. Undefined when the event has none. */
  readonly route: string | undefined;
  /** The route with the fewest requests so far. Undefined before there is traffic. */
  readonly rarestRoute: string | undefined;
  /** Names of the environment variables in the function's configuration. */
  readonly variables: readonly string[];
  /** Timeout of the function, in milliseconds. */
  readonly timeout: number;
  /** Duration of the handler without the fault, in virtual milliseconds. */
  readonly duration: number;
  /** Virtual milliseconds since the last environment's Deploy began. Undefined before. */
  readonly deploying: number | undefined;
  /** Virtual milliseconds since traffic began to shift there. Undefined before. */
  readonly shifting: number | undefined;
}

interface Described {
  /** Name of the fault on the command line. */
  readonly name: string;
  /** Description of the fault, in one line. */
  readonly line: string;
  /** Whether the release should be stopped. A release must not be stopped by what it has not caused. */
  readonly expected: 'caught' | 'passed';
}

/** A fault that affects invocations of functions. */
export interface FunctionFault extends Described {
  /**
   * The versions that the fault affects in the last environment:
   * - `new`: those published since the push;
   * - `old`: those published before, from the update of their function by the stack until its rollback;
   * - `both`: all, from the push on for the function with the most traffic, and from Deploy on for all functions.
   */
  readonly scope: 'new' | 'old' | 'both';
  /** @returns The effect on an invocation. Undefined when there is none. */
  readonly effect: (conditions: FaultConditions) => Effect | undefined;
}

/**
 * A fault that replaces the traffic that the service declares, from the beginning of the last environment's Deploy on.
 */
export interface TrafficFault extends Described {
  readonly scope: 'traffic';
  /**
   * @param declared Requests per second that the service declares.
   * @param shifting Virtual milliseconds since traffic began to shift. Undefined before.
   * @returns Requests per second.
   */
  readonly pace: (declared: number, shifting: number | undefined) => number;
}

/** A named way for a release to be bad, or for its surroundings to be bad while the release is good. */
export type Fault = FunctionFault | TrafficFault;

/** What decides whether a fault applies to a version. */
interface FaultyVersion {
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
export function effectOn(fault: FunctionFault, circumstances: FaultConditions): Effect | undefined {
  const effect = fault.effect(circumstances);
  return effect?.type === 'import-fails' && !circumstances.cold ? undefined : effect;
}
