import type { Random } from '../random';

/** Virtual milliseconds that an invocation takes. */
export interface ModelledDuration {
  /** Of the handler: the metric `Duration`. */
  readonly handler: number;
  /** Of the environment's start before it, 0 when it was warm. */
  readonly init: number;
}

/**
 * How long invocations take in virtual time. It is drawn, not measured, so that a run does not depend on the machine: 5
 * to 20 ms for a handler, and 150 to 300 ms more for a cold start, each uniformly distributed.
 *
 * What a handler waits in virtual time is not drawn; the invoker adds it.
 */
export class DurationModel {
  readonly #handler: Random;
  readonly #init: Random;

  /** @param random The stream of one function version. */
  constructor(random: Random) {
    this.#handler = random.stream('handler');
    this.#init = random.stream('init');
  }

  draw(cold: boolean): ModelledDuration {
    return { handler: between(this.#handler, 5, 20), init: cold ? between(this.#init, 150, 300) : 0 };
  }
}

/** Lambda reports hundredths of a millisecond. */
function between(random: Random, min: number, max: number): number {
  return random.integer(min * 100, max * 100) / 100;
}
