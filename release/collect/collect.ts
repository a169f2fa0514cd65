import type { ReleaseClients } from '../aws/clients';
import type { ReleaseFacts } from '../outcome/release-facts';
import { isBusy, isOfStack } from '../outcome/stack-event';
import { announcedShifts } from './alias-events';
import { Allowance, metered } from './allowance';
import { awsTime } from './aws-time';
import type { Baseline } from './baseline';
import { Reading } from './reading';
import { ShiftReader } from './shift-reader';
import { stackStatus } from './stack';
import { type EventBoundary, eventsAfter, lastOperation, StackEvents } from './stack-events';

interface CollectOptions {
  /** Milliseconds since the epoch, for durations that have not ended. @default - AWS's clock */
  readonly now?: () => number;
  /**
   * Calls to AWS that one read may make, or a function of the number of shifting functions; at least 8. Retries of
   * throttled calls by the AWS client are not counted. @default - no limit
   */
  readonly perRead?: number | ((functions: number) => number);
}

/**
 * Calls that one read may make so that two reads a minute, with four calls of the caller for each, stay within 30 calls
 * a minute for one function and within 60 for 50 and more.
 */
export function callsPerRead(functions: number): number {
  return Math.min(26, 11 + Math.floor((Math.max(0, functions - 1) * 15) / 49));
}

/** With fewer calls a read of a single function would never complete. */
const LEAST_CALLS = 8;

/**
 * Reads what AWS reports about releases of one stack, as often as needed. What cannot change any more is read once, so
 * a read of sixty functions in the middle of a release costs few calls; and with a limit, what one read leaves is
 * completed by the next ones. The state is in memory only: a new collector starts afresh, within the same limits.
 */
export class Collector {
  readonly #stackName: string;
  readonly #allowance = new Allowance();
  readonly #clients: ReleaseClients;
  readonly #shifts: ShiftReader;
  readonly #now: () => number;
  readonly #perRead: (functions: number) => number;
  #events: { readonly key: string; readonly events: StackEvents } | undefined;
  #functions = 0;

  /** @throws RangeError when `perRead` allows fewer calls than a read needs. */
  constructor(
    clients: ReleaseClients,
    stackName: string,
    { now = awsTime(clients.cloudFormation), perRead = Number.POSITIVE_INFINITY }: CollectOptions = {},
  ) {
    this.#perRead = typeof perRead === 'number' ? () => perRead : perRead;
    const least = this.#perRead(1);
    if (!(least >= LEAST_CALLS)) {
      throw new RangeError(`perRead is ${least}, but a read of one function needs ${LEAST_CALLS} calls`);
    }
    this.#stackName = stackName;
    this.#clients = metered(clients, this.#allowance);
    this.#shifts = new ShiftReader(this.#clients, this.#allowance);
    this.#now = now;
  }

  /** @returns What has happened to the stack since a baseline. */
  since(baseline: Omit<Baseline, 'stackName'>): Promise<ReleaseFacts> {
    return this.#collect(`since ${baseline.eventId ?? baseline.time}`, eventsAfter(baseline));
  }

  /** @returns What the last operation on the stack did, or is doing, from its beginning. */
  last(): Promise<ReleaseFacts> {
    return this.#collect('last', lastOperation);
  }

  async #collect(key: string, boundary: EventBoundary): Promise<ReleaseFacts> {
    const stackName = this.#stackName;
    const { console } = this.#clients;
    const reading = new Reading();
    if (this.#events?.key !== key) this.#events = { key, events: new StackEvents(stackName, boundary) };
    const stackEvents = this.#events.events;
    this.#allowance.renew(this.#perRead(this.#functions));
    const result = await reading.attempt("the stack's events", () => stackEvents.read(this.#clients));
    const blind = result.type === 'unread';
    const events = stackEvents.known;
    this.#functions = announcedShifts(events).length;
    this.#allowance.allow(this.#perRead(this.#functions));
    const own = blind ? undefined : events.findLast(isOfStack);
    // The stack's own events contain its status. Without any, as before a release has begun, it has to be read.
    const status =
      own?.ResourceStatus ??
      (await reading.read('the stack', async () => [await stackStatus(this.#clients, stackName)]));
    const address = console.stack(events.find(({ StackId }) => StackId)?.StackId ?? stackName);
    const functions = await this.#shifts.read(events, {
      reading,
      console,
      now: this.#now(),
      isRollingBack: events.some(({ ResourceStatus }) => String(ResourceStatus).includes('ROLLBACK')),
      settled: own && !isBusy(own.ResourceStatus ?? '') ? own.EventId : undefined,
      isFrugal: this.#allowance.isLimited,
    });
    return {
      stackName,
      stackStatus: Array.isArray(status) ? status[0] : (status ?? 'UNKNOWN'),
      events,
      functions,
      ...(address ? { console: address } : {}),
      ...(reading.unread.length > 0 ? { unread: reading.unread } : {}),
      ...(blind ? { blind } : {}),
      ...(reading.isIncomplete ? { incomplete: true } : {}),
    };
  }
}

/** Reads everything that AWS reports about what has happened to a stack since a baseline. */
export function collect(
  clients: ReleaseClients,
  baseline: Baseline,
  options: CollectOptions = {},
): Promise<ReleaseFacts> {
  return new Collector(clients, baseline.stackName, options).since(baseline);
}
