import { whyUnread } from '../collect/reading';
import { ReleaseError } from '../errors';
import type { Ledger, ReleaseRecord } from '../ledger/ledger';

/** How many releases back an event may be about: events are late by minutes, not by days. */
const RECENT = 10;

export interface Records {
  /** the newest first */
  readonly records: readonly ReleaseRecord[];
  /** why there are none: the ledger, or the role that reads it, is not there, or a later version wrote it. @default they are */
  readonly missing?: Error;
}

/**
 * @returns an environment's newest releases. Its ledger and the role that reads it come with the environment itself, so
 * before its first release neither is there
 * @throws what may pass, e.g. a throttled call, so that Lambda tries again
 */
export async function readRecords(ledger: Ledger): Promise<Records> {
  try {
    return { records: await ledger.last(RECENT) };
  } catch (error) {
    if (isMissing(error) || error instanceof ReleaseError) return { records: [], missing: error as Error };
    throw error;
  }
}

/** @returns whether a ledger is not there, or not for us: STS denies a role that does not exist */
export function isMissing(error: unknown): boolean {
  const why = whyUnread(error);
  return why === 'gone' || why === 'denied';
}
