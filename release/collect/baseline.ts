import type { ReleaseClients } from '../aws/clients';
import { describeStack, newestEventId } from './stack';

/** State of a stack before a release, so that only what the release did itself is counted afterwards. */
export interface Baseline {
  readonly stackName: string;
  /** Id of the newest stack event before the release. @default - `time` limits the events */
  readonly eventId?: string | undefined;
  /**
   * Start of the release in milliseconds since the epoch.
   *
   * @default - there was no stack, all events are the release's
   */
  readonly time?: number | undefined;
}

/** A stack's status, tags and baseline, read before a release. */
export interface StackSnapshot {
  /** Undefined when the stack does not exist. */
  readonly status: string | undefined;
  /** Tags of the stack by key; none when it does not exist. */
  readonly tags: Readonly<Record<string, string>>;
  readonly baseline: Baseline;
}

/**
 * Reads the status first: a stack at rest has no events to come, so all events after the baseline belong to the
 * release.
 */
export async function takeSnapshot(clients: ReleaseClients, stackName: string): Promise<StackSnapshot> {
  const stack = await describeStack(clients, stackName);
  return { status: stack?.status, tags: stack?.tags ?? {}, baseline: await takeBaseline(clients, stackName) };
}

/** Records how far a stack's events reach before a release. */
export async function takeBaseline(clients: ReleaseClients, stackName: string): Promise<Baseline> {
  return { stackName, eventId: await newestEventId(clients, stackName) };
}
