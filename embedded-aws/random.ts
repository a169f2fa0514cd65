import { createHash } from 'node:crypto';
import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/**
 * Reproducible chance: every user of it draws from a stream of its own, named for its purpose, so that one more draw in
 * one place changes nothing in another.
 */
export class Random {
  readonly #generator: RandomGenerator;

  /**
   * @param seed any whole number; the same seed gives the same run
   * @param path names this stream, @default the root stream
   */
  constructor(
    readonly seed: number,
    readonly path = '',
  ) {
    this.#generator = xoroshiro128plus(createHash('sha256').update(`${seed}/${path}`).digest().readInt32BE(0));
  }

  /** @returns the stream of that name below this one, always from its beginning */
  stream(name: string): Random {
    return new Random(this.seed, `${this.path}/${name}`);
  }

  /** @returns a number in [0, 1) */
  next(): number {
    return unsafeUniformIntDistribution(0, 0xffffffff, this.#generator) / 0x1_0000_0000;
  }

  /** @returns a whole number from min to max, both included */
  integer(min: number, max: number): number {
    return unsafeUniformIntDistribution(min, max, this.#generator);
  }

  /** @returns one of the choices, each as likely as the other */
  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)]!;
  }

  /** @returns as many characters of the alphabet, @default lower-case hexadecimal digits */
  text(length: number, alphabet = '0123456789abcdef'): string {
    return Array.from({ length }, () => alphabet[this.integer(0, alphabet.length - 1)]).join('');
  }

  /** @returns an identifier in the form of a UUID */
  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.text(length)).join('-');
  }
}
