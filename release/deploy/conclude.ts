import type { ReleaseClients } from '../aws/clients';
import { Collector, type ReleaseFacts } from '../collect/collect';
import { Reading } from '../collect/reading';
import { isBusy, stackStatus } from '../collect/stack';
import { ReleaseError } from '../errors';
import { type Attempt, neverReached } from '../outcome/attempt';
import { judge } from '../outcome/judge';
import type { ReleaseOutcome } from '../outcome/outcome';
import type { Baseline } from './prepare';

export interface ConcludeOptions {
  readonly attempt: Attempt;
  /** waits between two looks at the stack */
  readonly pause: () => Promise<void>;
  /** looks at the stack, at the most, before giving up */
  readonly looks: number;
  /** told when the stack is still busy, once */
  readonly onWaiting?: (status: string) => void;
}

/**
 * Waits until a stack has settled, and says what became of the release. `sls deploy` can end while CloudFormation still
 * rolls back (it does without `--verbose`, and it does when the build is stopped), and a verdict before the end of the
 * rollback would be a guess. A release that never reached the stack is not waited for: what happens there is not its own.
 *
 * @throws ReleaseError STACK_UNSETTLED
 */
export async function conclude(
  clients: ReleaseClients,
  baseline: Baseline,
  { attempt, pause, looks, onWaiting }: ConcludeOptions,
): Promise<ReleaseOutcome> {
  if (neverReached(attempt)) return judge(await untouched(clients, baseline.stackName), attempt);
  let status: string | undefined;
  const collector = new Collector(clients, baseline.stackName);
  for (let look = 0; look < looks; look += 1) {
    status = await busyStatus(clients, baseline.stackName);
    if (!status) {
      const outcome = judge(await collector.since(baseline), attempt);
      if (outcome.type !== 'in-progress') return outcome;
      status = outcome.stackStatus;
    }
    if (look === 0) onWaiting?.(status);
    await pause();
  }
  throw new ReleaseError(
    'STACK_UNSETTLED',
    `stack '${baseline.stackName}' is still ${status}: nobody knows yet how this release ends; look at its events in the CloudFormation console`,
  );
}

/** @returns the facts about a stack that a release did nothing to */
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

/** @returns how a stack is busy, or that AWS is, or undefined when the stack has settled or may not be looked at */
async function busyStatus(clients: ReleaseClients, stackName: string): Promise<string | undefined> {
  const reading = new Reading();
  const status = await reading.read('the stack', () => stackStatus(clients, stackName));
  const [missed] = reading.unread;
  if (missed) return missed.why === 'denied' ? undefined : `not to be read (${missed.message})`;
  return status && isBusy(status) ? status : undefined;
}
