import type { Unread } from '../outcome/unread';
import { Postponed } from './allowance';

const ERROR_NAMES: readonly (readonly [Unread['why'], RegExp])[] = [
  ['denied', /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|NotAuthorized)$/],
  ['throttled', /Throttl|ThroughputExceeded|TooManyRequests|RequestLimitExceeded|SlowDown/],
  ['gone', /NotFound|DoesNotExist|NotExist/],
  [
    'failed',
    /^(InternalFailure|InternalServerError|InternalServiceFault|ServiceUnavailable|ServiceException|TimeoutError|NetworkingError)/,
  ],
];

const NETWORK_ERROR = /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/;

/** @returns Why a call to AWS failed; undefined for errors that are not expected. */
export function whyUnread(error: unknown): Unread['why'] | undefined {
  const {
    name = '',
    code = '',
    $metadata,
  } = error as Partial<Record<'name' | 'code', string>> & {
    $metadata?: { httpStatusCode?: number };
  };
  const known = ERROR_NAMES.find(([, pattern]) => pattern.test(name));
  if (known) return known[0];
  if ($metadata?.httpStatusCode === 429) return 'throttled';
  return NETWORK_ERROR.test(code) || ($metadata?.httpStatusCode ?? 0) >= 500 ? 'failed' : undefined;
}

/** Result of a call to AWS. */
type ReadResult<T> =
  | { readonly type: 'read'; readonly value: T }
  | { readonly type: 'unread'; readonly unread: Unread }
  | { readonly type: 'postponed' };

/** Reads from AWS and collects what could not be read. */
export class Reading {
  readonly #unread = new Map<string, Unread>();
  #postponed = false;

  /**
   * @param what Name of what is read, for people.
   * @returns Undefined when AWS denied or throttled the call or had an error (then `unread` says so), or when the call
   * limit was reached (then `isIncomplete` does).
   * @throws Every other error, e.g. expired credentials.
   */
  async read<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
    const result = await this.attempt(what, call);
    return result.type === 'read' ? result.value : undefined;
  }

  /** Like `read`, but returns how the call went. */
  async attempt<T>(what: string, call: () => Promise<T>): Promise<ReadResult<T>> {
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

  /** Records that something could not be read, now or earlier. */
  miss(unread: Unread): void {
    this.#unread.set(unread.what, unread);
  }

  /** Whether calls were postponed to the next read. */
  get isIncomplete(): boolean {
    return this.#postponed;
  }

  get unread(): readonly Unread[] {
    return [...this.#unread.values()];
  }
}

/**
 * Works on a few items at a time, so that sixty functions do not cause throttling.
 *
 * @returns The results, in the order of the items.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  concurrency = 5,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}

/** @returns The items in chunks of at most `size`, for calls that accept no more. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
