import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from '../aws/clients';
import type { Baseline } from '../deploy/prepare';
import type { FunctionRelease } from '../outcome/function-release';
import { announcedShifts } from './alias-events';
import { Allowance, metered } from './allowance';
import { awsTime } from './aws-time';
import { Reading, type Unread } from './reading';
import { ShiftReader } from './shift-reader';
import { isBusy, isOfStack, stackStatus } from './stack';
import { type Beginning, beginningAfter, lastOperation, type Since, StackEvents } from './stack-events';

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
  /**
   * the look had no calls left to read all: what is missing, or older than the rest, comes with the next looks of the same
   * collector, so that no final verdict may be told yet. @default everything was read
   */
  readonly incomplete?: boolean;
}

export interface CollectOptions {
  /** milliseconds since the epoch, for what has not ended yet. @default AWS's own clock */
  readonly now?: () => number;
  /**
   * the calls to AWS that one look may make, or how many they are by the number of functions that shift; at least
   * `leastCalls`. Calls that an AWS client makes again after it was throttled are not counted. @default no limit
   */
  readonly perLook?: number | ((functions: number) => number);
}

/**
 * What a look may spend so that two of them a minute, and four calls of the caller's own beside each, stay within 30
 * calls a minute at 1 function and within 60 at 50 and more.
 */
export function callsPerLook(functions: number): number {
  return Math.min(26, 11 + Math.floor((Math.max(0, functions - 1) * 15) / 49));
}

/** With fewer calls a look at a single function would never come to an end. */
const leastCalls = 8;

/**
 * Reads what AWS knows of releases of one stack, as often as asked. What cannot change any more is read once, so a look
 * at sixty functions in the midst of a release costs few calls; and where they are limited, what a look leaves comes with
 * the next ones. It keeps all that in memory alone: another collector begins afresh, within the same limits.
 */
export class Collector {
  readonly #allowance = new Allowance();
  readonly #clients: ReleaseClients;
  readonly #shifts: ShiftReader;
  readonly #now: () => number;
  readonly #perLook: (functions: number) => number;
  #events: { readonly of: string; readonly events: StackEvents } | undefined;
  #functions = 0;

  /** @throws RangeError fewer calls a look than a look takes */
  constructor(
    clients: ReleaseClients,
    private readonly stackName: string,
    { now = awsTime(clients.cloudFormation), perLook = Number.POSITIVE_INFINITY }: CollectOptions = {},
  ) {
    this.#perLook = typeof perLook === 'number' ? () => perLook : perLook;
    const least = this.#perLook(1);
    if (!(least >= leastCalls)) {
      throw new RangeError(`perLook is ${least}, and a look at one function alone takes ${leastCalls} calls`);
    }
    this.#clients = metered(clients, this.#allowance);
    this.#shifts = new ShiftReader(this.#clients, this.#allowance);
    this.#now = now;
  }

  /** @returns what has happened to the stack since then */
  since(then: Since): Promise<ReleaseFacts> {
    return this.#collect(`since ${then.eventId ?? then.time}`, beginningAfter(then));
  }

  /** @returns what the last operation on the stack did, or does, from its beginning on */
  last(): Promise<ReleaseFacts> {
    return this.#collect('last', lastOperation);
  }

  async #collect(of: string, beginning: Beginning): Promise<ReleaseFacts> {
    const { stackName } = this;
    const { console } = this.#clients;
    const reading = new Reading();
    if (this.#events?.of !== of) this.#events = { of, events: new StackEvents(stackName, beginning) };
    const stackEvents = this.#events.events;
    this.#allowance.renew(this.#perLook(this.#functions));
    const answer = await reading.attempt("the stack's events", () => stackEvents.read(this.#clients));
    const blind = answer.type === 'unread';
    const events = stackEvents.known;
    this.#functions = announcedShifts(events).length;
    this.#allowance.allow(this.#perLook(this.#functions));
    const own = blind ? undefined : events.findLast(isOfStack);
    // The stack's own events tell its status; without any, as before a release has begun, it is asked for.
    const status =
      own?.ResourceStatus ??
      (await reading.read('the stack', async () => [await stackStatus(this.#clients, stackName)]));
    const address = console.stack(events.find(({ StackId }) => StackId)?.StackId ?? stackName);
    const functions = await this.#shifts.read(events, {
      reading,
      console,
      now: this.#now(),
      goesBack: events.some(({ ResourceStatus }) => String(ResourceStatus).includes('ROLLBACK')),
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

/** Reads everything that AWS knows of what has happened to a stack since its baseline. */
export function collect(
  clients: ReleaseClients,
  baseline: Baseline,
  options: CollectOptions = {},
): Promise<ReleaseFacts> {
  return new Collector(clients, baseline.stackName, options).since(baseline);
}
