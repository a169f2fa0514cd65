import type { Ledger } from '../ledger/ledger';
import type { ReleaseOutcome } from '../outcome/outcome';
import type { Notice } from '../render/notice';

/** Something to tell people. */
export interface News {
  readonly type: 'news';
  readonly notice: Notice;
  /** an environment's name; `pipeline` for what concerns none */
  readonly environment: string;
  /** the outcome's type; a release that is being rolled back counts as `rolled-back`, a deployment by hand is `stray` */
  readonly outcome: Exclude<ReleaseOutcome['type'], 'in-progress'> | 'stray';
  /** what is told with it; it is worth telling as long as one of them is not told yet */
  readonly claims: readonly string[];
  /** where the claims are made: in the first one that is there */
  readonly ledgers: readonly Ledger[];
}

/** Nothing to tell. */
export interface Silence {
  readonly type: 'silence';
  /** for the log */
  readonly why: string;
}

export function silence(why: string): Silence {
  return { type: 'silence', why };
}

/** What stops the next release, too, so that people must hear of it although they know of the rollback. */
const lasting: readonly string[] = ['ROLLBACK_FAILED', 'WEIGHTS_LEFT'];

/**
 * A release is told once when it went well, and once when it did not: by whichever event comes first. What lasts beyond
 * it is told on its own, should it come later.
 *
 * @param build the release's, which is its id
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
      const obstacles = (outcome.obstacles ?? []).filter(({ code }) => lasting.includes(code));
      return [`${build} went wrong`, ...obstacles.map(({ code, subject }) => `${build} ${code} ${subject}`)];
    }
  }
}
