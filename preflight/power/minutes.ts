import type { RandomGenerator } from 'pure-rand';
import { newTraffic, type Shift } from '../shift';
import { poisson } from './poisson';
import { meansOf, type Requests, type Scenario } from './scenario';
import { MINUTE } from './timing';

/** A count of requests of one release, minute by minute; drawn anew for the next. */
class Count {
  /** of each minute, the sum from the first near one to it, so that a window is one subtraction */
  readonly #sums: Float64Array;
  readonly #isNever: boolean;
  #random: RandomGenerator | undefined;

  /** @param near index of the first minute that every release needs; what lies before is drawn when it is asked for */
  constructor(
    private readonly samplers: readonly Sampler[],
    private readonly near: number,
    isNever: boolean,
  ) {
    this.#sums = new Float64Array(samplers.length + 1);
    this.#isNever = isNever;
  }

  draw(random: RandomGenerator): void {
    if (this.#isNever) return;
    this.#random = random;
    let sum = 0;
    for (let index = this.near; index < this.samplers.length; index += 1) {
      sum += this.samplers[index]!(random);
      this.#sums[index + 1] = sum;
    }
  }

  between(from: number, to: number): number {
    if (from < this.near && this.#random) this.#drawPast(this.#random);
    return this.#sums[to]! - this.#sums[from]!;
  }

  #drawPast(random: RandomGenerator): void {
    let sum = 0;
    for (let index = this.near - 1; index >= 0; index -= 1) {
      sum -= this.samplers[index]!(random);
      this.#sums[index] = sum;
    }
    this.#random = undefined;
  }
}

/** The requests of one release by minute; drawn anew for the next. */
export class Minutes {
  readonly #newFailed: Count;
  readonly #newFine: Count;
  readonly #oldFailed: Count;
  readonly #oldFine: Count;
  readonly #others: Count;

  /**
   * @param first @param last minutes, of which 0 is the one in which the shift begins, `offset` seconds into it
   * @param near the first minute that every release needs
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
    const count = (of: keyof Requests) =>
      new Count(
        means.map(({ [of]: mean }) => {
          const sampler = known.get(mean) ?? samplerOf(mean);
          known.set(mean, sampler);
          return sampler;
        }),
        near - first,
        means.every(({ [of]: mean }) => mean === 0),
      );
    this.#newFailed = count('newFailed');
    this.#newFine = count('newFine');
    this.#oldFailed = count('oldFailed');
    this.#oldFine = count('oldFine');
    this.#others = count('others');
  }

  draw(random: RandomGenerator): void {
    this.#newFailed.draw(random);
    this.#newFine.draw(random);
    this.#oldFailed.draw(random);
    this.#oldFine.draw(random);
    this.#others.draw(random);
  }

  /** @returns the requests from one minute on, included, to another, excluded */
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

/** Draws of a Poisson number in constant time (Walker's alias method). */
function samplerOf(mean: number): Sampler {
  const points = poisson(mean);
  if (points.length === 1) return () => points[0]!.value;
  const size = points.length;
  const total = points.reduce((sum, { probability }) => sum + probability, 0);
  const scaled = points.map(({ probability }) => (probability / total) * size);
  const values = points.map(({ value }) => value);
  const other = [...values];
  const keep = new Float64Array(size).fill(1);
  const small = scaled.flatMap((share, index) => (share < 1 ? [index] : []));
  const large = scaled.flatMap((share, index) => (share < 1 ? [] : [index]));
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop()!, large.pop()!];
    keep[less] = scaled[less]!;
    other[less] = values[more]!;
    scaled[more]! -= 1 - scaled[less]!;
    (scaled[more]! < 1 ? small : large).push(more);
  }
  return (random) => {
    const at = ((random.unsafeNext() >>> 0) / 0x1_0000_0000) * size;
    const index = Math.floor(at);
    return at - index < keep[index]! ? values[index]! : other[index]!;
  };
}
