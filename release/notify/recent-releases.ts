import { whyUnread } from '../collect/reading';
import { ReleaseError } from '../errors';
import type { Ledger, ReleaseRecord } from '../ledger/ledger';

/** Newest releases that an event may be about: events are late by minutes, not by days. */
const RECENT_RELEASES = 10;

interface RecentReleases {
  /** Newest first. */
  readonly records: readonly ReleaseRecord[];
  /**
   * Why there are none: the ledger or the role that reads it does not exist, or a newer version wrote the ledger.
   *
   * @default - the ledger was read
   */
  readonly missing?: Error;
}

/**
 * @returns An environment's newest releases. Its ledger and the role that reads it are created with the environment, so
 * before its first release neither exists.
 * @throws Errors that may be temporary, e.g. throttling, so that Lambda tries again.
 */
export async function readRecentReleases(ledger: Ledger): Promise<RecentReleases> {
  try {
    return { records: await ledger.last(RECENT_RELEASES) };
  } catch (error) {
    if (isMissing(error) || error instanceof ReleaseError) return { records: [], missing: error as Error };
    throw error;
  }
}

/** @returns Whether a ledger does not exist or may not be read. STS also denies a role that does not exist. */
export function isMissing(error: unknown): boolean {
  const why = whyUnread(error);
  return why === 'gone' || why === 'denied';
}
