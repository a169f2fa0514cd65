import { DescribeStackEventsCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseClients } from '../aws/clients';
import { isOfStack } from '../outcome/stack-event';
import type { Baseline } from './baseline';
import { isMissing } from './stack';

/** Where relevant events begin, going back from the newest: with this event, after it, or (undefined) earlier. */
export type EventBoundary = (event: StackEvent) => 'with' | 'after' | undefined;

/** @returns The boundary that leaves out everything up to a baseline. */
export function eventsAfter({ eventId, time }: Omit<Baseline, 'stackName'>): EventBoundary {
  if (eventId !== undefined) return ({ EventId }) => (EventId === eventId ? 'after' : undefined);
  if (time === undefined) return () => undefined;
  return ({ Timestamp }) => (Timestamp && Timestamp.getTime() < time ? 'after' : undefined);
}

/** Statuses of the stack itself with which an operation begins. */
const BEGINNINGS = new Set(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'IMPORT_IN_PROGRESS']);

/** The boundary that leaves out everything before the last operation on the stack. */
export const lastOperation: EventBoundary = (event) =>
  isOfStack(event) && BEGINNINGS.has(event.ResourceStatus ?? '') ? 'with' : undefined;

/** Consecutive events without a gap, newest first. */
interface Stretch {
  readonly events: StackEvent[];
  /** Token with which CloudFormation continues after them. @default - it starts with the newest event */
  token?: string | undefined;
  /** Whether they reach back to the boundary. */
  ended: boolean;
}

/** A stack's events from a boundary on. Events that were read are kept, so that later only new ones are read. */
export class StackEvents {
  readonly #stackName: string;
  readonly #boundary: EventBoundary;
  /** Newest first; between two stretches are events that have not been read yet. */
  #stretches: Stretch[] = [];

  constructor(stackName: string, boundary: EventBoundary) {
    this.#stackName = stackName;
    this.#boundary = boundary;
  }

  /** The events that were read, oldest first. */
  get known(): StackEvent[] {
    return this.#stretches.flatMap(({ events }) => events).reverse();
  }

  /**
   * Reads new events, and what an earlier read has left. A stack that does not exist has no events.
   *
   * @throws Postponed when the call limit is reached; pages that were read are kept.
   */
  async read({ cloudFormation }: ReleaseClients): Promise<void> {
    const newest: Stretch = { events: [], ended: false };
    this.#stretches.unshift(newest);
    try {
      while (!newest.ended) {
        const { StackEvents: page = [], NextToken } = await cloudFormation.send(
          new DescribeStackEventsCommand({ StackName: this.#stackName, NextToken: newest.token }),
        );
        this.#add(newest, page, NextToken);
      }
    } catch (error) {
      if (isMissing(error)) this.#stretches = [];
      // CloudFormation does not accept the token any more: incomplete stretches are read afresh.
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
      const boundary = this.#boundary(event);
      if (boundary !== 'after') newest.events.push(event);
      if (boundary) newest.ended = true;
      if (boundary) break;
    }
    // Events before the boundary belong to an earlier operation, or to an earlier stack of the same name.
    if (newest.ended) this.#stretches = [newest];
  }
}
