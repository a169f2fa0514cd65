import type { VirtualClock } from '../clock';
import type { Random } from '../random';
import type { Physical, Properties, ResourceContext, ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import type { Blueprint, StackOutput } from './blueprint';
import type { ChangeSet } from './change-set';
import { EventLog, STACK_TYPE, type StackEvent } from './events';
import type { StackSettings } from './stack-request';
import type { ResourceDefinition } from './template';

/** A resource after the last change that was completed. */
export interface StackResource {
  readonly definition: ResourceDefinition;
  readonly type: ResourceType;
  readonly physical: Physical;
  /** Properties, intrinsic functions resolved. */
  readonly properties: Properties;
  /** UpdatePolicy, intrinsic functions resolved; undefined when the template has none. */
  readonly updatePolicy: Properties | undefined;
  /** Logical ids of the resources that it depends on. */
  readonly dependencies: readonly string[];
}

/** State of a resource by its last event, as DescribeStackResource returns it. */
export interface ResourceState {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly at: Date;
}

export interface StackProps {
  readonly name: string;
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly settings: StackSettings;
  /** Called with every event. */
  readonly onEvent: (stack: Stack, event: StackEvent) => void;
}

interface ResourceReport {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly status: string;
  /** @default - None. */
  readonly reason?: string;
  readonly properties: Properties;
}

/** A stack: its state and its events. `StackOperation` changes it. */
export class Stack {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly createdAt: Date;
  readonly events: EventLog;
  readonly changeSets = new Map<string, ChangeSet>();
  status = 'REVIEW_IN_PROGRESS';
  statusReason: string | undefined;
  settings: StackSettings;
  updatedAt: Date | undefined;
  deletedAt: Date | undefined;
  terminationProtection = false;
  /** Blueprint that was deployed last; undefined before the first deployment. */
  blueprint: Blueprint | undefined;
  resources: ReadonlyMap<string, StackResource> = new Map();
  outputs: readonly StackOutput[] = [];
  /** Token that the caller of the current operation gave. */
  clientRequestToken: string | undefined;
  readonly #states = new Map<string, ResourceState>();
  readonly #onEvent: StackProps['onEvent'];

  constructor({ name, scope, clock, random, settings, onEvent }: StackProps) {
    this.name = name;
    this.scope = scope;
    this.settings = settings;
    this.createdAt = clock.date();
    this.id = `arn:aws:cloudformation:${scope.region}:${scope.accountId}:stack/${name}/${random.uuid()}`;
    this.events = new EventLog(clock, random.stream(`events/${this.id}`));
    this.#onEvent = onEvent;
  }

  /** @returns Whether an operation is in progress. */
  get busy(): boolean {
    return this.status.endsWith('_IN_PROGRESS') && this.status !== 'REVIEW_IN_PROGRESS';
  }

  /** @returns The states of the resources, in the order of their first events. */
  get resourceStates(): readonly ResourceState[] {
    return [...this.#states.values()];
  }

  /** Changes the stack's status and adds the event. */
  enter(status: string, reason?: string): void {
    this.status = status;
    this.statusReason = reason;
    const event = this.events.add({
      logicalId: this.name,
      physicalId: this.id,
      type: STACK_TYPE,
      status,
      reason,
      properties: undefined,
      clientRequestToken: this.clientRequestToken,
    });
    if (status === 'DELETE_COMPLETE') this.deletedAt = event.at;
    this.#onEvent(this, event);
  }

  /** Adds an event of a resource and keeps the resource's state. */
  report({ logicalId, type, physicalId, status, reason, properties }: ResourceReport): void {
    const event = this.events.add({
      logicalId,
      physicalId,
      type,
      status,
      reason,
      properties,
      clientRequestToken: this.clientRequestToken,
    });
    this.#keepState(event);
    this.#onEvent(this, event);
  }

  /** @returns The context of an operation on a resource. */
  context(
    definition: Pick<ResourceDefinition, 'logicalId'>,
    more: Pick<ResourceContext, 'updatePolicy' | 'rollback' | 'note'>,
  ): ResourceContext {
    return { scope: this.scope, stackId: this.id, stackName: this.name, logicalId: definition.logicalId, ...more };
  }

  #keepState(event: StackEvent): void {
    const { logicalId, physicalId, type, status, reason, at } = event;
    const current = this.resources.get(logicalId);
    // Deleting a replaced resource does not change the state of its replacement.
    if (status.startsWith('DELETE_') && current && current.physical.id !== physicalId) return;
    const gone = status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED';
    if (gone && !/^(DELETE|ROLLBACK)_/.test(this.status)) this.#states.delete(logicalId);
    else this.#states.set(logicalId, { logicalId, physicalId, type, status, reason, at });
  }
}
