import type { VirtualClock } from '../clock';
import { asAwsError } from '../errors';
import type { Random } from '../random';
import type { Properties } from '../resource-type';

/** An event of a stack or of one of its resources. */
export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  /** Physical id, empty while the resource has none. */
  readonly physicalId: string;
  /** Resource type, e.g. `AWS::Lambda::Alias`; `AWS::CloudFormation::Stack` for the stack itself. */
  readonly type: string;
  /** Status, e.g. `UPDATE_IN_PROGRESS`. */
  readonly status: string;
  readonly reason: string | undefined;
  /** Resolved properties; undefined for the stack itself. */
  readonly properties: Properties | undefined;
  /** Token that the caller gave the operation, to find its events by. */
  readonly clientRequestToken: string | undefined;
}

export const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** Events of a stack, oldest first, no two at the same time. */
export class EventLog {
  readonly #events: StackEvent[] = [];
  readonly #clock: VirtualClock;
  readonly #random: Random;
  #last = 0;

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** @returns The events, oldest first. */
  get all(): readonly StackEvent[] {
    return this.#events;
  }

  add(event: Omit<StackEvent, 'id' | 'at'>): StackEvent {
    this.#last = Math.max(this.#clock.now(), this.#last + 1);
    const at = new Date(this.#last);
    // As in published stack events: the id of a stack's event is a UUID, that of a resource's names resource and status.
    const id =
      event.type === STACK_TYPE ? this.#random.uuid() : `${event.logicalId}-${event.status}-${at.toISOString()}`;
    const added = { ...event, id, at };
    this.#events.push(added);
    return added;
  }
}

/** @returns The reason that an event gives for an error; for a defect of the embedded AWS, its stack trace. */
export function reasonOf(error: unknown): string {
  return asAwsError(error).message;
}
