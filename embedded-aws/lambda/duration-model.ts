import type { Random } from '../random';

/** Duration of an invocation, in virtual milliseconds. */
export interface ModelledDuration {
  /** Time of the handler: the metric `Duration`. */
  readonly handler: number;
  /** Time of the environment's cold start before the handler; 0 when it was warm. */
  readonly init: number;
}

/**
 * Model of how long invocations take. Durations are drawn, not measured, so that a run does not depend on the machine:
 * 5 to 20 ms for a handler, and 150 to 300 ms more for a cold start, uniformly distributed.
 *
 * The time that a handler waits in virtual time is not part of the model; the invoker adds it.
 */
export class DurationModel {
  readonly #handler: Random;
  readonly #init: Random;

  /** @param random Stream of one function version. */
  constructor(random: Random) {
    this.#handler = random.stream('handler');
    this.#init = random.stream('init');
  }

  draw(cold: boolean): ModelledDuration {
    return { handler: between(this.#handler, 5, 20), init: cold ? between(this.#init, 150, 300) : 0 };
  }
}

/** @returns A duration in hundredths of a millisecond, the resolution that Lambda reports. */
function between(random: Random, min: number, max: number): number {
  return random.integer(min * 100, max * 100) / 100;
}
