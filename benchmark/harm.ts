import type { ModelledInvocation } from './modelled-invocation';

/** Effect of a release on users' requests, counted since the stack's update began. */
export interface Harm {
  readonly requests: number;
  /** Requests that the fault affected: answered wrongly, or later than without the fault. */
  readonly harmed: number;
  /** Harmed requests that were answered with a status of 500 or more, or with a body without its content. */
  readonly wrong: number;
  /** Instant of the first harmed request, in milliseconds since the epoch. @default - no request was harmed */
  readonly firstAt?: number;
}

/** Counts requests as they are answered. */
export class HarmCount {
  #requests = 0;
  #harmed = 0;
  #wrong = 0;
  #firstAt: number | undefined;

  /** @param at Arrival of the request, in milliseconds since the epoch. */
  count(request: Pick<ModelledInvocation, 'status' | 'emptied'> & { readonly met: boolean }, at: number): void {
    this.#requests += 1;
    if (!request.met) return;
    this.#harmed += 1;
    this.#firstAt ??= at;
    if (request.status >= 500 || request.emptied) this.#wrong += 1;
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
