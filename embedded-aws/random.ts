import { createHash } from 'node:crypto';
import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/**
 * Reproducible random numbers. Every purpose draws from a named stream, so that one more draw for one purpose changes
 * nothing for another.
 */
export class Random {
  readonly #generator: RandomGenerator;
  readonly #seed: number;
  readonly #path: string;

  /**
   * @param seed Any whole number; the same seed gives the same numbers.
   * @param path Name of the stream; empty for the root stream.
   */
  constructor(seed: number, path = '') {
    this.#seed = seed;
    this.#path = path;
    this.#generator = xoroshiro128plus(createHash('sha256').update(`${seed}/${path}`).digest().readInt32BE(0));
  }

  /** @returns The stream of that name below this one, always from its beginning. */
  stream(name: string): Random {
    return new Random(this.#seed, `${this.#path}/${name}`);
  }

  /** @returns A number in [0, 1). */
  next(): number {
    return unsafeUniformIntDistribution(0, 0xffffffff, this.#generator) / 0x1_0000_0000;
  }

  /** @returns A whole number from min to max, both included. */
  integer(min: number, max: number): number {
    return unsafeUniformIntDistribution(min, max, this.#generator);
  }

  /** @returns One of the choices, all equally likely. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)]!;
  }

  /** @returns A text of that many characters of the alphabet, by default lower-case hexadecimal digits. */
  text(length: number, alphabet = '0123456789abcdef'): string {
    return Array.from({ length }, () => alphabet[this.integer(0, alphabet.length - 1)]).join('');
  }

  /** @returns An identifier in the form of a UUID. */
  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.text(length)).join('-');
  }
}
