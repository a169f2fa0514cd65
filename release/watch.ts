import type { ReleaseClients } from './clients';
import { Collector } from './collect';
import { ReleaseError } from './errors';
import { judge } from './judge';
import type { ReleaseOutcome } from './outcome';

export interface WatchOptions {
  /** waits between two looks */
  readonly pause: () => Promise<void>;
  /** milliseconds since the epoch */
  readonly now: () => number;
  /** told how the release stands after every look, the last one included */
  readonly onLook: (outcome: ReleaseOutcome) => void;
}

/**
 * Follows the last operation on a stack until it has ended.
 *
 * @returns what became of it; at once when nothing is under way
 * @throws ReleaseError NO_STACK
 */
export async function watchRelease(
  clients: ReleaseClients,
  stackName: string,
  { pause, now, onLook }: WatchOptions,
): Promise<ReleaseOutcome> {
  const collector = new Collector(clients, stackName, { now });
  for (;;) {
    const outcome = await look(collector, stackName);
    onLook(outcome);
    if (!isUnderWay(outcome)) return outcome;
    await pause();
  }
}

/**
 * @returns what became of the last operation on a stack, or how it stands
 * @throws ReleaseError NO_STACK
 */
export function lastOutcome(clients: ReleaseClients, stackName: string): Promise<ReleaseOutcome> {
  return look(new Collector(clients, stackName), stackName);
}

async function look(collector: Collector, stackName: string): Promise<ReleaseOutcome> {
  const facts = await collector.last();
  if (facts.stackStatus === undefined) {
    throw new ReleaseError(
      'NO_STACK',
      `no stack '${stackName}' here: check the account and the region that you ask (AWS_PROFILE, --region), or release for the first time`,
    );
  }
  return judge(facts, true);
}

/** When AWS is too busy to tell, the release may go on. */
function isUnderWay(outcome: ReleaseOutcome): boolean {
  if (outcome.type === 'in-progress') return true;
  const throttled = outcome.unread?.some(({ what, why }) => why === 'throttled' && /stack/.test(what));
  return outcome.type === 'failed' && outcome.phase === 'unread' && throttled === true;
}
