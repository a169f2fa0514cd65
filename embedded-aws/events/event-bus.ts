import { arn, type Scope } from '../scope';
import type { BusStatement } from './bus-policy';
import type { EventRule } from './rule';

/** An event bus with its rules and its resource policy. */
export class EventBus {
  readonly name: string;
  readonly arn: string;
  description: string;
  readonly rules = new Map<string, EventRule>();
  /** Statements of the resource policy by id. */
  readonly policy = new Map<string, BusStatement>();

  constructor(name: string, scope: Scope, description = '') {
    this.name = name;
    this.description = description;
    this.arn = arn('events', scope, `event-bus/${name}`);
  }

  /** @returns Rules in the order of their names. */
  sortedRules(): readonly EventRule[] {
    return [...this.rules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
