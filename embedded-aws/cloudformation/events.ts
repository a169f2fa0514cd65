import type { VirtualClock } from '../clock';
import { asAwsError } from '../errors';
import type { Random } from '../random';
import type { Properties } from '../resource-type';

/** One line of a stack's history. */
export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  /** Empty while the resource has none. */
  readonly physicalId: string;
  /** For example `AWS::Lambda::Alias`; `AWS::CloudFormation::Stack` for the stack itself. */
  readonly type: string;
  /** For example `UPDATE_IN_PROGRESS`. */
  readonly status: string;
  readonly reason: string | undefined;
  /** Resolved ones, undefined for the stack itself. */
  readonly properties: Properties | undefined;
  /** What the caller of the operation gave to find its events again. */
  readonly clientRequestToken: string | undefined;
}

export const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** A stack's events, oldest first, no two at the same time. */
export class EventLog {
  readonly #events: StackEvent[] = [];
  #last = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
  ) {}

  /** @returns The events, oldest first. */
  get all(): readonly StackEvent[] {
    return this.#events;
  }

  add(event: Omit<StackEvent, 'id' | 'at'>): StackEvent {
    this.#last = Math.max(this.clock.now(), this.#last + 1);
    const at = new Date(this.#last);
    // The form of ids in published stack events: a stack's is a UUID, a resource's tells what it is about.
    const id =
      event.type === STACK_TYPE ? this.random.uuid() : `${event.logicalId}-${event.status}-${at.toISOString()}`;
    const added = { ...event, id, at };
    this.#events.push(added);
    return added;
  }
}

/** @returns The reason that an event gives for an error; for a defect of the embedded AWS, its stack trace. */
export function reasonOf(error: unknown): string {
  return asAwsError(error).message;
}
