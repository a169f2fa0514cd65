import type { Ledger } from '../ledger/ledger';
import type { ObstacleCode } from '../outcome/obstacle';
import type { ReleaseOutcome } from '../outcome/outcome';
import type { Notice } from '../render/notice';

/** A message to people, with what decides whether and to whom it is sent. */
export interface Announcement {
  readonly type: 'announcement';
  readonly notice: Notice;
  /** Name of the environment; `pipeline` for a message about no environment. Subscriptions filter by it. */
  readonly environment: string;
  /**
   * Type of the outcome. A release that is being rolled back counts as `rolled-back`, a deployment outside the pipeline
   * is `stray`. Subscriptions filter by it.
   */
  readonly outcome: Exclude<ReleaseOutcome['type'], 'in-progress'> | 'stray';
  /** What the message announces. It is sent while at least one of these is not announced yet. */
  readonly claims: readonly string[];
  /** Ledgers for the claims; the first one that exists is used. */
  readonly ledgers: readonly Ledger[];
}

/** An event that is not announced. */
export interface Ignored {
  readonly type: 'ignored';
  /** For the log. */
  readonly why: string;
}

export function ignored(why: string): Ignored {
  return { type: 'ignored', why };
}

/** Obstacles that block the next release too, so that people must be notified although they know of the rollback. */
const LASTING: readonly ObstacleCode[] = ['ROLLBACK_FAILED', 'WEIGHTS_LEFT'];

/**
 * A release is announced once when it succeeded and once when it did not, by whichever event comes first. Obstacles
 * that outlast it are announced separately when they become known later. The texts are stored in ledgers, so changing
 * them would repeat announcements.
 *
 * @param build Id of the release's build.
 */
export function claimsOf(build: string, outcome: ReleaseOutcome): string[] {
  switch (outcome.type) {
    case 'released':
    case 'unchanged':
    case 'first-release':
      return [`${build} went well`];
    case 'in-progress':
      return [`${build} went wrong`];
    case 'rolled-back':
    case 'failed': {
      const obstacles = (outcome.obstacles ?? []).filter(({ code }) => LASTING.includes(code));
      return [`${build} went wrong`, ...obstacles.map(({ code, subject }) => `${build} ${code} ${subject}`)];
    }
  }
}
