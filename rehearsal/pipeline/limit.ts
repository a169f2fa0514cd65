/** Limits how many asynchronous operations run at the same time. All others wait. */
export class Limit {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param concurrency Maximum number of operations, at least 1. */
  constructor(concurrency: number) {
    this.#free = concurrency;
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
