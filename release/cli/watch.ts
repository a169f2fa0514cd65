import type { ReleaseClients } from '../aws/clients';
import { awsTime } from '../collect/aws-time';
import { Collector } from '../collect/collect';
import { ReleaseError } from '../errors';
import type { ReleaseRecord } from '../ledger/ledger';
import { newestRecord } from '../ledger/newest-record';
import { judge } from '../outcome/judge';
import type { Failed, ReleaseOutcome } from '../outcome/outcome';
import type { ReleaseFacts } from '../outcome/release-facts';
import { isBusy } from '../outcome/stack-event';
import type { Unread } from '../outcome/unread';

interface WatchOptions {
  /** Waits between two reads. */
  readonly pause: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with the state of the release after every read, including the last one. */
  readonly onLook: (outcome: ReleaseOutcome) => void;
}

/** Reads of a release that has ended while its outcome is not recorded yet; Deploy records it within seconds. */
const READS_FOR_CONCLUSION = 24;

/** Milliseconds that a build may take: 36 hours (CodeBuild quotas). After that no component will record an outcome. */
const LONGEST_BUILD = 36 * 60 * 60 * 1_000;

/**
 * Follows the newest release of a stack until it has ended: the one in the ledger, or, without a ledger, the last
 * operation on the stack. Returns at once when none is in progress.
 *
 * @returns The outcome, as recorded in the ledger if it was.
 * @throws ReleaseError NO_STACK when the stack does not exist.
 */
export async function watchRelease(
  clients: ReleaseClients,
  stackName: string,
  { pause, now, onLook }: WatchOptions,
): Promise<ReleaseOutcome> {
  const reader = new NewestRelease({ clients, stackName, now, prefersRunning: true });
  for (let ended = 0; ; ) {
    const { outcome, concluded } = await reader.read();
    onLook(outcome);
    if (!isInProgress(outcome)) ended += 1;
    if (ended > 0 && (concluded || ended >= READS_FOR_CONCLUSION)) return outcome;
    await pause();
  }
}

/**
 * @returns The outcome of the newest release of a stack, as recorded in the ledger if it was, or its state while it
 * runs.
 * @throws ReleaseError NO_STACK when the stack does not exist.
 */
export async function lastOutcome(clients: ReleaseClients, stackName: string): Promise<ReleaseOutcome> {
  const now = awsTime(clients.cloudFormation);
  const { outcome } = await new NewestRelease({ clients, stackName, now, prefersRunning: false }).read();
  return outcome;
}

interface NewestReleaseProps {
  readonly clients: ReleaseClients;
  readonly stackName: string;
  readonly now: () => number;
  /** Whether an operation in progress is shown rather than a release that has ended. */
  readonly prefersRunning: boolean;
}

interface NewestOutcome {
  readonly outcome: ReleaseOutcome;
  /** Whether it is final, because no component will record another one. */
  readonly concluded: boolean;
}

/** Reads the newest release of one stack, again and again. */
class NewestRelease {
  readonly #props: NewestReleaseProps;
  readonly #collector: Collector;
  /** Whether an operation is followed that the ledger does not contain. */
  #isUnrecorded = false;

  constructor(props: NewestReleaseProps) {
    this.#props = props;
    this.#collector = new Collector(props.clients, props.stackName, { now: props.now });
  }

  async read(): Promise<NewestOutcome> {
    const { clients, stackName } = this.#props;
    const { record, unread } = await newestRecord(clients, stackName);
    if (!record || (record.conclusion && this.#isUnrecorded)) {
      const outcome = judge(await this.#last(), { deployed: true });
      return { outcome: unread ? withUnread(outcome, unread) : outcome, concluded: true };
    }
    return record.conclusion ? this.#concluded(record.conclusion) : this.#open(record);
  }

  /** The recorded outcome counts; a later change of the stack is reported with it. */
  async #concluded({ at, outcome }: NonNullable<ReleaseRecord['conclusion']>): Promise<NewestOutcome> {
    const facts = await this.#collector.last();
    const { events, stackStatus = 'DOES_NOT_EXIST', blind, unread } = facts;
    const began = events[0]?.Timestamp;
    if (blind) return { outcome: (unread ?? []).reduce(withUnread, outcome), concluded: true };
    if (!began || began.getTime() <= Date.parse(at)) return { outcome, concluded: true };
    if (this.#props.prefersRunning && isBusy(stackStatus)) {
      this.#isUnrecorded = true;
      return { outcome: judge(facts, { deployed: true }), concluded: true };
    }
    return { outcome: { ...outcome, changedSince: { began: began.toISOString(), stackStatus } }, concluded: true };
  }

  /** No outcome is recorded yet: the stack decides until Deploy records one. */
  async #open({ began, baseline }: ReleaseRecord): Promise<NewestOutcome> {
    const facts = await this.#collector.since(baseline);
    const outcome = judge(facts, { deployed: true });
    const late = this.#props.now() - Date.parse(began) > LONGEST_BUILD;
    // Without a shift the release may be about to begin; only Deploy can say that nothing changed.
    if (outcome.type !== 'unchanged') return { outcome, concluded: late };
    const { type: _, stackUpdated: __, ...known } = outcome;
    if (!late) {
      return { outcome: { ...known, type: 'in-progress', direction: 'deploying', functions: [] }, concluded: false };
    }
    return { outcome: neverRecorded(known, began), concluded: true };
  }

  async #last(): Promise<ReleaseFacts> {
    const facts = await this.#collector.last();
    if (facts.stackStatus !== undefined) return facts;
    throw new ReleaseError(
      'NO_STACK',
      `no stack '${this.#props.stackName}' in this account and region; check AWS_PROFILE and --region, or make the first release`,
    );
  }
}

function neverRecorded(known: Pick<Failed, 'stackName' | 'stackStatus'>, began: string): Failed {
  return {
    ...known,
    type: 'failed',
    phase: 'unread',
    reason: `the release that began at ${began} shifted no traffic, and its outcome was never recorded`,
    remedy: "read that Deploy's log, then release again",
  };
}

function withUnread(outcome: ReleaseOutcome, unread: Unread): ReleaseOutcome {
  return { ...outcome, unread: [...(outcome.unread ?? []), unread] };
}

/** While AWS throttles the reads of the stack, the release may still be running. */
function isInProgress(outcome: ReleaseOutcome): boolean {
  if (outcome.type === 'in-progress') return true;
  const throttled = outcome.unread?.some(({ what, why }) => why === 'throttled' && /stack/.test(what));
  return outcome.type === 'failed' && outcome.phase === 'unread' && throttled === true;
}
