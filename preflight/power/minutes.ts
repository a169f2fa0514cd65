import type { RandomGenerator } from 'pure-rand';
import { newTraffic, type Shift } from '../shift';
import { poisson } from './poisson';
import { meansOf, type Requests, type Scenario } from './scenario';
import { MINUTE } from './timing';

/** One kind of request of a drawn release, counted by the minute. */
class Count {
  readonly #samplers: readonly Sampler[];
  readonly #near: number;
  readonly #isNever: boolean;
  /** For each minute the sum from the first near minute to it, so that a window is one subtraction. */
  readonly #sums: Float64Array;
  #random: RandomGenerator | undefined;

  /**
   * @param samplers One for each minute.
   * @param near Index of the first minute that every release needs. Earlier ones are drawn when a window needs them.
   * @param isNever Whether no minute has any such request.
   */
  constructor(samplers: readonly Sampler[], near: number, isNever: boolean) {
    this.#samplers = samplers;
    this.#near = near;
    this.#isNever = isNever;
    this.#sums = new Float64Array(samplers.length + 1);
  }

  draw(random: RandomGenerator): void {
    if (this.#isNever) return;
    this.#random = random;
    let sum = 0;
    for (let index = this.#near; index < this.#samplers.length; index += 1) {
      sum += this.#samplers[index]!(random);
      this.#sums[index + 1] = sum;
    }
  }

  between(from: number, to: number): number {
    if (from < this.#near && this.#random) this.#drawPast(this.#random);
    return this.#sums[to]! - this.#sums[from]!;
  }

  #drawPast(random: RandomGenerator): void {
    let sum = 0;
    for (let index = this.#near - 1; index >= 0; index -= 1) {
      sum -= this.#samplers[index]!(random);
      this.#sums[index] = sum;
    }
    this.#random = undefined;
  }
}

/** The requests of one drawn release, minute by minute. */
export class Minutes {
  readonly #newFailed: Count;
  readonly #newFine: Count;
  readonly #oldFailed: Count;
  readonly #oldFine: Count;
  readonly #others: Count;

  /**
   * @param first Number of the first minute. The shift begins in minute 0.
   * @param last Number of the last minute.
   * @param near The first minute that every release needs.
   * @param offset Seconds of minute 0 after which the shift begins.
   */
  constructor(
    readonly first: number,
    readonly last: number,
    near: number,
    offset: number,
    shift: Shift,
    scenario: Scenario,
  ) {
    const means = Array.from({ length: last - first + 1 }, (_, index) => {
      const from = (first + index) * MINUTE - offset;
      return meansOf(newTraffic(shift, from, from + MINUTE), scenario);
    });
    const known = new Map<number, Sampler>();
    const count = (kind: keyof Requests) =>
      new Count(
        means.map(({ [kind]: mean }) => {
          const sampler = known.get(mean) ?? samplerOf(mean);
          known.set(mean, sampler);
          return sampler;
        }),
        near - first,
        means.every(({ [kind]: mean }) => mean === 0),
      );
    this.#newFailed = count('newFailed');
    this.#newFine = count('newFine');
    this.#oldFailed = count('oldFailed');
    this.#oldFine = count('oldFine');
    this.#others = count('others');
  }

  /** Draws the requests of another release. */
  draw(random: RandomGenerator): void {
    this.#newFailed.draw(random);
    this.#newFine.draw(random);
    this.#oldFailed.draw(random);
    this.#oldFine.draw(random);
    this.#others.draw(random);
  }

  /** @returns The requests from one minute (included) to another (excluded). */
  between(fromMinute: number, toMinute: number): Requests {
    const from = fromMinute - this.first;
    const to = toMinute - this.first;
    return {
      newFailed: this.#newFailed.between(from, to),
      newFine: this.#newFine.between(from, to),
      oldFailed: this.#oldFailed.between(from, to),
      oldFine: this.#oldFine.between(from, to),
      others: this.#others.between(from, to),
    };
  }
}

type Sampler = (random: RandomGenerator) => number;

/** @returns A function that draws Poisson numbers in constant time, by Walker's alias method. */
function samplerOf(mean: number): Sampler {
  const distribution = poisson(mean);
  if (distribution.length === 1) return () => distribution[0]!.value;
  const size = distribution.length;
  const total = distribution.reduce((sum, { probability }) => sum + probability, 0);
  const scaled = distribution.map(({ probability }) => (probability / total) * size);
  const values = distribution.map(({ value }) => value);
  const alias = [...values];
  const keep = new Float64Array(size).fill(1);
  const small = scaled.flatMap((share, index) => (share < 1 ? [index] : []));
  const large = scaled.flatMap((share, index) => (share < 1 ? [] : [index]));
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop()!, large.pop()!];
    keep[less] = scaled[less]!;
    alias[less] = values[more]!;
    scaled[more]! -= 1 - scaled[less]!;
    (scaled[more]! < 1 ? small : large).push(more);
  }
  return (random) => {
    const at = ((random.unsafeNext() >>> 0) / 0x1_0000_0000) * size;
    const index = Math.floor(at);
    return at - index < keep[index]! ? values[index]! : alias[index]!;
  };
}
