import type { ReleaseClients } from '../aws/clients';
import type { Baseline } from '../collect/baseline';
import { Collector } from '../collect/collect';
import { Reading } from '../collect/reading';
import { stackStatus } from '../collect/stack';
import { ReleaseError } from '../errors';
import { neverReached, type ReleaseAttempt } from '../outcome/attempt';
import { judge } from '../outcome/judge';
import type { ReleaseOutcome } from '../outcome/outcome';
import type { ReleaseFacts } from '../outcome/release-facts';
import { isBusy } from '../outcome/stack-event';

interface ConcludeOptions {
  readonly attempt: ReleaseAttempt;
  /** Waits between two reads of the stack. */
  readonly pause: () => Promise<void>;
  /** Reads of the stack at most. */
  readonly maxReads: number;
  /** Called once, with the stack's status, when the stack is still busy. */
  readonly onWaiting?: (status: string) => void;
}

/**
 * Waits until a stack has settled, and judges the release. `sls deploy` can end while CloudFormation is still rolling
 * back (without `--verbose`, and when the build is stopped), and an outcome before the end of the rollback would be a
 * guess. A release that never reached the stack is not waited for, because what happens there is not its doing.
 *
 * @throws ReleaseError STACK_UNSETTLED when the stack is still busy after the last read.
 */
export async function conclude(
  clients: ReleaseClients,
  baseline: Baseline,
  { attempt, pause, maxReads, onWaiting }: ConcludeOptions,
): Promise<ReleaseOutcome> {
  if (neverReached(attempt)) return judge(await untouched(clients, baseline.stackName), attempt);
  let status: string | undefined;
  const collector = new Collector(clients, baseline.stackName);
  for (let reads = 0; reads < maxReads; reads += 1) {
    status = await busyStatus(clients, baseline.stackName);
    if (!status) {
      const outcome = judge(await collector.since(baseline), attempt);
      if (outcome.type !== 'in-progress') return outcome;
      status = outcome.stackStatus;
    }
    if (reads === 0) onWaiting?.(status);
    await pause();
  }
  throw new ReleaseError(
    'STACK_UNSETTLED',
    `stack '${baseline.stackName}' is still ${status}, so the outcome is not known yet; check its events in the CloudFormation console`,
  );
}

/** @returns The facts about a stack that a release did not change. */
async function untouched(clients: ReleaseClients, stackName: string): Promise<ReleaseFacts> {
  const reading = new Reading();
  const described = await reading.read('the stack', async () => ({ status: await stackStatus(clients, stackName) }));
  const console = clients.console.stack(stackName);
  return {
    stackName,
    stackStatus: described ? described.status : 'UNKNOWN',
    events: [],
    functions: [],
    ...(console ? { console } : {}),
    ...(reading.unread.length > 0 ? { unread: reading.unread } : {}),
  };
}

/**
 * @returns The status of a busy stack, or that it could not be read; undefined when it has settled or reading it is
 * denied.
 */
async function busyStatus(clients: ReleaseClients, stackName: string): Promise<string | undefined> {
  const reading = new Reading();
  const status = await reading.read('the stack', () => stackStatus(clients, stackName));
  const [missed] = reading.unread;
  if (missed) return missed.why === 'denied' ? undefined : `unreadable (${missed.message})`;
  return status && isBusy(status) ? status : undefined;
}
