import { arn, type Scope } from '../scope';
import { type BusStatement, busPolicy } from './bus-policy';
import type { EventRule } from './rule';

/** An event bus with its rules and its resource policy. */
export class EventBus {
  readonly name: string;
  readonly arn: string;
  description: string;
  readonly rules = new Map<string, EventRule>();
  readonly #statements = new Map<string, BusStatement>();
  #policy: object | undefined;

  constructor(name: string, scope: Scope, description = '') {
    this.name = name;
    this.description = description;
    this.arn = arn('events', scope, `event-bus/${name}`);
  }

  /** Resource policy; undefined while it has no statement. */
  get policy(): object | undefined {
    return this.#policy;
  }

  /** Adds a statement to the resource policy, or replaces or removes the one with that id. */
  setStatement(id: string, statement: BusStatement | undefined): void {
    if (statement) this.#statements.set(id, statement);
    else this.#statements.delete(id);
    this.#policy = busPolicy(this.#statements);
  }

  /** @returns Rules in the order of their names. */
  sortedRules(): readonly EventRule[] {
    return [...this.rules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
