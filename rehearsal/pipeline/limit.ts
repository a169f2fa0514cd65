/** Lets only so many strands of work run at the same time; the others wait their turn. */
export class Limit {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param places at least 1 */
  constructor(places: number) {
    this.#free = places;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
