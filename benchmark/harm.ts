import type { Outcome } from './outcome';

/** What people's requests came to since the stack's update began. */
export interface Harm {
  readonly requests: number;
  /** requests that the fault befell: answered wrongly, or later than they would have been */
  readonly harmed: number;
  /** of those: answered with a status of 500 or more, or with a body without its content */
  readonly wrong: number;
  /** the first that was harmed, in milliseconds since the epoch, @default there was none */
  readonly firstAt?: number;
}

/** Counts requests as they are answered. */
export class HarmCount {
  #requests = 0;
  #harmed = 0;
  #wrong = 0;
  #firstAt: number | undefined;

  /** @param at when the request came, in milliseconds since the epoch */
  count({ met, status, emptied }: Pick<Outcome, 'status' | 'emptied'> & { readonly met: boolean }, at: number): void {
    this.#requests += 1;
    if (!met) return;
    this.#harmed += 1;
    this.#firstAt ??= at;
    if (status >= 500 || emptied) this.#wrong += 1;
  }

  get sum(): Harm {
    return {
      requests: this.#requests,
      harmed: this.#harmed,
      wrong: this.#wrong,
      ...(this.#firstAt !== undefined && { firstAt: this.#firstAt }),
    };
  }
}
