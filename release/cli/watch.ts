import type { ReleaseClients } from '../aws/clients';
import { awsTime } from '../collect/aws-time';
import { Collector, type ReleaseFacts } from '../collect/collect';
import type { Unread } from '../collect/reading';
import { isBusy } from '../collect/stack';
import { ReleaseError } from '../errors';
import type { ReleaseRecord } from '../ledger/ledger';
import { newestRecord } from '../ledger/newest-record';
import { judge } from '../outcome/judge';
import type { Failed, ReleaseOutcome } from '../outcome/outcome';

export interface WatchOptions {
  /** waits between two looks */
  readonly pause: () => Promise<void>;
  /** milliseconds since the epoch */
  readonly now: () => number;
  /** told how the release stands after every look, the last one included */
  readonly onLook: (outcome: ReleaseOutcome) => void;
}

/** Looks at a release that has ended, while nobody has written down how: Deploy does so within seconds. */
const LOOKS_FOR_CONCLUSION = 24;

/** The longest that a build may take, in milliseconds: 36 hours (CodeBuild quotas). After it nobody will conclude any more. */
const LONGEST_BUILD = 36 * 60 * 60 * 1_000;

/**
 * Follows the newest release of a stack until it has ended: the one that the ledger has, and without one the last
 * operation on the stack.
 *
 * @returns what became of it, as it was written down if it was; at once when nothing is under way
 * @throws ReleaseError NO_STACK
 */
export async function watchRelease(
  clients: ReleaseClients,
  stackName: string,
  { pause, now, onLook }: WatchOptions,
): Promise<ReleaseOutcome> {
  const follower = new Follower(clients, stackName, now, true);
  for (let ended = 0; ; ) {
    const { outcome, concluded } = await follower.look();
    onLook(outcome);
    if (!isUnderWay(outcome)) ended += 1;
    if (ended > 0 && (concluded || ended >= LOOKS_FOR_CONCLUSION)) return outcome;
    await pause();
  }
}

/**
 * @returns what became of the newest release of a stack, as it was written down if it was, or how it stands
 * @throws ReleaseError NO_STACK
 */
export async function lastOutcome(clients: ReleaseClients, stackName: string): Promise<ReleaseOutcome> {
  const { outcome } = await new Follower(clients, stackName, awsTime(clients.cloudFormation), false).look();
  return outcome;
}

interface Look {
  readonly outcome: ReleaseOutcome;
  /** whether nobody will say more of how it ended than this */
  readonly concluded: boolean;
}

/** Looks at the newest release of one stack, again and again. */
class Follower {
  readonly #collector: Collector;
  /** follows an operation that the ledger knows nothing of */
  #unwritten = false;

  constructor(
    private readonly clients: ReleaseClients,
    private readonly stackName: string,
    private readonly now: () => number,
    /** whether an operation that is under way matters more than a release that has ended */
    private readonly toTheEnd: boolean,
  ) {
    this.#collector = new Collector(clients, stackName, { now });
  }

  async look(): Promise<Look> {
    const { record, unread } = await newestRecord(this.clients, this.stackName);
    if (!record || (record.conclusion && this.#unwritten)) {
      const outcome = judge(await this.#last(), { deployed: true });
      return { outcome: unread ? withUnread(outcome, unread) : outcome, concluded: true };
    }
    return record.conclusion ? this.#concluded(record.conclusion) : this.#open(record);
  }

  /** What was written down stands; whatever has been done to the stack since is said beside it. */
  async #concluded({ at, outcome }: NonNullable<ReleaseRecord['conclusion']>): Promise<Look> {
    const facts = await this.#collector.last();
    const { events, stackStatus = 'DOES_NOT_EXIST', blind, unread } = facts;
    const began = events[0]?.Timestamp;
    if (blind) return { outcome: (unread ?? []).reduce(withUnread, outcome), concluded: true };
    if (!began || began.getTime() <= Date.parse(at)) return { outcome, concluded: true };
    if (this.toTheEnd && isBusy(stackStatus)) {
      this.#unwritten = true;
      return { outcome: judge(facts, { deployed: true }), concluded: true };
    }
    return { outcome: { ...outcome, changedSince: { began: began.toISOString(), stackStatus } }, concluded: true };
  }

  /** Nobody has said yet how it ended: the stack's own word counts, and that of Deploy is still to come. */
  async #open({ began, baseline }: ReleaseRecord): Promise<Look> {
    const facts = await this.#collector.since(baseline);
    const outcome = judge(facts, { deployed: true });
    const late = this.now() - Date.parse(began) > LONGEST_BUILD;
    // Without a shift the release is perhaps about to begin: that it changed nothing only Deploy can say.
    if (outcome.type !== 'unchanged') return { outcome, concluded: late };
    const { type: _, stackUpdated: __, ...known } = outcome;
    if (!late) {
      return { outcome: { ...known, type: 'in-progress', direction: 'deploying', functions: [] }, concluded: false };
    }
    return { outcome: nobodySaid(known, began), concluded: true };
  }

  async #last(): Promise<ReleaseFacts> {
    const facts = await this.#collector.last();
    if (facts.stackStatus !== undefined) return facts;
    throw new ReleaseError(
      'NO_STACK',
      `no stack '${this.stackName}' here: check the account and the region that you ask (AWS_PROFILE, --region), or release for the first time`,
    );
  }
}

function nobodySaid(known: Pick<Failed, 'stackName' | 'stackStatus'>, began: string): Failed {
  return {
    ...known,
    type: 'failed',
    phase: 'unread',
    reason: `the release that began at ${began} shifted nothing, and nobody has written down how it ended`,
    remedy: "look at that Deploy's log, then release again",
  };
}

function withUnread(outcome: ReleaseOutcome, unread: Unread): ReleaseOutcome {
  return { ...outcome, unread: [...(outcome.unread ?? []), unread] };
}

/** When AWS is too busy to tell, the release may go on. */
function isUnderWay(outcome: ReleaseOutcome): boolean {
  if (outcome.type === 'in-progress') return true;
  const throttled = outcome.unread?.some(({ what, why }) => why === 'throttled' && /stack/.test(what));
  return outcome.type === 'failed' && outcome.phase === 'unread' && throttled === true;
}
