import { DescribeStackEventsCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from '../aws/clients';
import { isMissing, isOfStack } from './stack';

/** Where events begin to count, looking back from the newest: with this one, after this one, or (undefined) earlier. */
export type Beginning = (event: StackEvent) => 'with' | 'after' | undefined;

/** What was before a release. */
export interface Since {
  /** the newest event before it, @default `time` says it */
  readonly eventId?: string | undefined;
  /** its first instant, milliseconds since the epoch, @default there was no stack, so everything is the release's */
  readonly time?: number | undefined;
}

export function beginningAfter({ eventId, time }: Since): Beginning {
  if (eventId !== undefined) return ({ EventId }) => (EventId === eventId ? 'after' : undefined);
  if (time === undefined) return () => undefined;
  return ({ Timestamp }) => (Timestamp && Timestamp.getTime() < time ? 'after' : undefined);
}

/** How the events of a stack operation begin, as the stack itself says it. */
const begins = new Set(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'IMPORT_IN_PROGRESS']);

/** Only the last operation on the stack counts. */
export const lastOperation: Beginning = (event) =>
  isOfStack(event) && begins.has(event.ResourceStatus ?? '') ? 'with' : undefined;

/** Events without a gap between them, newest first. */
interface Stretch {
  readonly events: StackEvent[];
  /** where CloudFormation goes on after them, @default with its newest event */
  token?: string | undefined;
  /** whether they reach back to the beginning */
  ended: boolean;
}

/** A stack's events from a beginning on. What was read is kept, so that later only the new ones are read. */
export class StackEvents {
  /** newest first; between two of them there are events that nobody has read yet */
  #stretches: Stretch[] = [];

  constructor(
    private readonly stackName: string,
    private readonly beginning: Beginning,
  ) {}

  /** what was read, oldest first */
  get known(): StackEvent[] {
    return this.#stretches.flatMap(({ events }) => events).reverse();
  }

  /**
   * Reads what is new, and what an earlier look has left; there is nothing to know of a stack that does not exist.
   *
   * @throws Postponed, having kept the pages that were read
   */
  async read({ cloudFormation }: ReleaseClients): Promise<void> {
    const newest: Stretch = { events: [], ended: false };
    this.#stretches.unshift(newest);
    try {
      while (!newest.ended) {
        const { StackEvents: page = [], NextToken } = await cloudFormation.send(
          new DescribeStackEventsCommand({ StackName: this.stackName, NextToken: newest.token }),
        );
        this.#add(newest, page, NextToken);
      }
    } catch (error) {
      if (isMissing(error)) this.#stretches = [];
      // What CloudFormation will not go on with is read anew.
      else if ((error as Error).name === 'ValidationError')
        this.#stretches = this.#stretches.filter(({ ended }) => ended);
      if (!isMissing(error)) throw error;
    } finally {
      this.#stretches = this.#stretches.filter(({ events }) => events.length > 0);
    }
  }

  #add(newest: Stretch, page: readonly StackEvent[], token: string | undefined): void {
    const former = this.#stretches[1];
    newest.token = token;
    newest.ended = token === undefined;
    for (const event of page) {
      if (former && event.EventId === former.events[0]?.EventId) {
        newest.events.push(...former.events);
        newest.token = former.token;
        newest.ended = former.ended;
        this.#stretches.splice(1, 1);
        return;
      }
      const begun = this.beginning(event);
      if (begun !== 'after') newest.events.push(event);
      if (begun) newest.ended = true;
      if (begun) break;
    }
    // Beyond the beginning nothing counts: what was read there belongs to an earlier operation, or to a stack of old.
    if (newest.ended) this.#stretches = [newest];
  }
}
