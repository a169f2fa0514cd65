import { Postponed } from './allowance';

/** Something that a release's outcome would say more about, had AWS answered. */
export interface Unread {
  /** e.g. `the log of shop-prod-preTraffic` */
  readonly what: string;
  /** `gone`: it existed once; `failed`: AWS or the way to it was out of order */
  readonly why: 'denied' | 'throttled' | 'gone' | 'failed';
  /** AWS's own words */
  readonly message: string;
}

const patterns: readonly (readonly [Unread['why'], RegExp])[] = [
  ['denied', /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|NotAuthorized)$/],
  ['throttled', /Throttl|ThroughputExceeded|TooManyRequests|RequestLimitExceeded|SlowDown/],
  ['gone', /NotFound|DoesNotExist|NotExist/],
  [
    'failed',
    /^(InternalFailure|InternalServerError|InternalServiceFault|ServiceUnavailable|ServiceException|TimeoutError|NetworkingError)/,
  ],
];

const network = /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/;

/** @returns why a call to AWS was not answered, or undefined for what nobody could foresee */
export function whyUnread(error: unknown): Unread['why'] | undefined {
  const {
    name = '',
    code = '',
    $metadata,
  } = error as Partial<Record<'name' | 'code', string>> & {
    $metadata?: { httpStatusCode?: number };
  };
  const known = patterns.find(([, pattern]) => pattern.test(name));
  if (known) return known[0];
  if ($metadata?.httpStatusCode === 429) return 'throttled';
  return network.test(code) || ($metadata?.httpStatusCode ?? 0) >= 500 ? 'failed' : undefined;
}

/** How a call to AWS went. */
export type Answer<T> =
  | { readonly type: 'read'; readonly value: T }
  | { readonly type: 'unread'; readonly unread: Unread }
  | { readonly type: 'postponed' };

/** Reads what AWS will tell, and remembers what it would not. */
export class Reading {
  readonly #unread = new Map<string, Unread>();
  #postponed = false;

  /**
   * @param what names the facts, for a person
   * @returns undefined when AWS refused, was busy or out of order: then `unread` says so; and when the look had made all
   * its calls: then `isIncomplete` does
   * @throws whatever else goes wrong, e.g. expired credentials
   */
  async read<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
    const answer = await this.attempt(what, call);
    return answer.type === 'read' ? answer.value : undefined;
  }

  /** Reads as `read` does, and says how it went. */
  async attempt<T>(what: string, call: () => Promise<T>): Promise<Answer<T>> {
    try {
      return { type: 'read', value: await call() };
    } catch (error) {
      if (error instanceof Postponed) {
        this.#postponed = true;
        return { type: 'postponed' };
      }
      const why = whyUnread(error);
      if (!why) throw error;
      const unread = { what, why, message: `${(error as Error).name}: ${(error as Error).message}` };
      this.miss(unread);
      return { type: 'unread', unread };
    }
  }

  /** Says that something could not be read, now or before. */
  miss(unread: Unread): void {
    this.#unread.set(unread.what, unread);
  }

  /** whether something is left for the next look */
  get isIncomplete(): boolean {
    return this.#postponed;
  }

  get unread(): readonly Unread[] {
    return [...this.#unread.values()];
  }
}

/** Works on items a few at a time, so that sixty functions do not throttle themselves. @returns the results, in order */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>, atOnce = 5): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

/** @returns the items in parcels of at most `size`, for calls that take no more */
export function parcels<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
