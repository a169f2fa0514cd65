import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { awsTime } from './aws-time';
import type { ReleaseClients } from './clients';
import type { FunctionRelease } from './function-release';
import type { Baseline } from './prepare';
import { Reading, type Unread } from './reading';
import { ShiftReader } from './shift-reader';
import { isOfStack, lastOperation, stackEvents, stackStatus } from './stack';

/** What AWS knows of one release, before anybody judges it. */
export interface ReleaseFacts {
  readonly stackName: string;
  /** @default there is no such stack */
  readonly stackStatus?: string | undefined;
  /** the stack's events of this release, oldest first */
  readonly events: readonly StackEvent[];
  /** the shifts that this release started, in their order */
  readonly functions: readonly FunctionRelease[];
  /** the stack's address in the console, @default there is no console, or none that is known */
  readonly console?: string;
  /** @default everything was read */
  readonly unread?: readonly Unread[];
  /** the stack's events could not be read, so that nobody knows what has happened. @default they could */
  readonly blind?: boolean;
}

export interface CollectOptions {
  /** milliseconds since the epoch, for what has not ended yet. @default AWS's own clock */
  readonly now?: () => number;
}

/**
 * Reads what AWS knows of releases of one stack, as often as asked. What cannot change any more is read once, so a look
 * at sixty functions in the midst of a release costs few calls.
 */
export class Collector {
  readonly #shifts: ShiftReader;
  readonly #now: () => number;

  constructor(
    private readonly clients: ReleaseClients,
    private readonly stackName: string,
    { now = awsTime(clients.cloudFormation) }: CollectOptions = {},
  ) {
    this.#shifts = new ShiftReader(clients);
    this.#now = now;
  }

  /** @returns what has happened to the stack since its baseline */
  since({ eventId }: Pick<Baseline, 'eventId'>): Promise<ReleaseFacts> {
    return this.#collect(() => stackEvents(this.clients, this.stackName, eventId));
  }

  /** @returns what the last operation on the stack did, or does, from its beginning on */
  last(): Promise<ReleaseFacts> {
    return this.#collect(() => lastOperation(this.clients, this.stackName));
  }

  async #collect(readEvents: () => Promise<StackEvent[]>): Promise<ReleaseFacts> {
    const { clients, stackName } = this;
    const reading = new Reading();
    const { console } = clients;
    const described = await reading.read('the stack', async () => ({ status: await stackStatus(clients, stackName) }));
    const read = await reading.read("the stack's events", readEvents);
    const events = read ?? [];
    const own = events.findLast(isOfStack);
    const address = console.stack(events.find(({ StackId }) => StackId)?.StackId ?? stackName);
    return {
      stackName,
      // The events were read last, so what they say of the stack is newer; and it goes with what they say of the rest.
      stackStatus: own?.ResourceStatus ?? (described ? described.status : 'UNKNOWN'),
      events,
      functions: await this.#shifts.read(events, { reading, console, now: this.#now() }),
      ...(address ? { console: address } : {}),
      ...(reading.unread.length > 0 ? { unread: reading.unread } : {}),
      ...(read ? {} : { blind: true }),
    };
  }
}

/** Reads everything that AWS knows of what has happened to a stack since its baseline. */
export function collect(
  clients: ReleaseClients,
  baseline: Baseline,
  options: CollectOptions = {},
): Promise<ReleaseFacts> {
  return new Collector(clients, baseline.stackName, options).since(baseline);
}
