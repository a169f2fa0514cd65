import { arn, type Scope } from '../scope';
import type { BusStatement } from './bus-policy';
import type { EventRule } from './rule';

/** A bus with its rules and who may send to it. */
export class EventBus {
  readonly arn: string;
  readonly rules = new Map<string, EventRule>();
  /** Statements of its resource policy by id. */
  readonly policy = new Map<string, BusStatement>();

  constructor(
    readonly name: string,
    scope: Scope,
    public description = '',
  ) {
    this.arn = arn('events', scope, `event-bus/${name}`);
  }

  /** @returns By name. */
  sortedRules(): readonly EventRule[] {
    return [...this.rules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
