import { isDeepStrictEqual } from 'node:util';
import type { VirtualClock } from '../clock';
import type { Physical, Properties, ResourceContext, ResourceType } from '../resource-type';
import type { Blueprint } from './blueprint';
import { checkCustomName } from './custom-names';
import { reasonOf } from './events';
import { inOrder } from './graph';
import type { ResourceHandler } from './resource-handler';
import type { Stack, StackResource } from './stack';
import type { ResourceDefinition } from './template';
import { RESOURCE_START } from './timing';

/** What an operation does to one resource. */
export interface ResourceAttempt {
  kind: 'create' | 'update' | 'replace';
  readonly definition: ResourceDefinition;
  readonly type: ResourceType;
  /** Resolved properties; those of the template when they could not be resolved. */
  properties: Properties;
  /** Result of the work, also when it ended after it had been cancelled. */
  physical: Physical | undefined;
  outcome: 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** Settles when the work on the resource has ended; never rejects. */
  ended: Promise<void>;
}

interface RolloutProps {
  readonly stack: Stack;
  readonly blueprint: Blueprint;
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly clock: VirtualClock;
  readonly handler: ResourceHandler;
}

/**
 * Creates and updates a stack's resources as a blueprint says, dependencies first and concurrently where they are
 * independent. The first failure ends it: no further resource is started, and those in progress are cancelled.
 */
export class Rollout {
  readonly attempts = new Map<string, ResourceAttempt>();
  readonly #stack: Stack;
  readonly #blueprint: Blueprint;
  readonly #types: ReadonlyMap<string, ResourceType>;
  readonly #clock: VirtualClock;
  readonly #handler: ResourceHandler;
  readonly #resources: Map<string, StackResource>;
  #stopped = false;
  #stop: () => void = () => {};

  constructor({ stack, blueprint, types, clock, handler }: RolloutProps) {
    this.#stack = stack;
    this.#blueprint = blueprint;
    this.#types = types;
    this.#clock = clock;
    this.#handler = handler;
    this.#resources = new Map(stack.resources);
  }

  /**
   * Runs in a task.
   *
   * @returns Undefined on success, else CloudFormation's text: "The following resource(s) failed to update: [A]. ".
   */
  async run(): Promise<string | undefined> {
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    const finished = inOrder(this.#clock, this.#blueprint.dependencies, (logicalId) => this.#deployResource(logicalId));
    await this.#clock.waitFor(Promise.race([finished, stopped]));
    if (!this.#stopped) return undefined;
    // Let the other tasks of this instant run, so that the outcome does not depend on their order.
    await this.#clock.sleep(0);
    this.#cancel();
    return this.#failure();
  }

  async #deployResource(logicalId: string): Promise<void> {
    await this.#clock.sleep(RESOURCE_START);
    if (this.#stopped) return;
    const definition = this.#blueprint.resources.get(logicalId)!;
    const current = this.#resources.get(logicalId);
    const attempt: ResourceAttempt = {
      kind: current ? 'update' : 'create',
      definition,
      type: this.#types.get(definition.type)!,
      properties: definition.properties,
      physical: undefined,
      outcome: 'running',
      ended: Promise.resolve(),
    };
    const lookup = (id: string) => this.#resources.get(id)!.physical;
    try {
      const properties = this.#blueprint.properties(logicalId, lookup);
      const updatePolicy = this.#blueprint.updatePolicy(logicalId, lookup);
      const dependencies = this.#blueprint.dependencies.get(logicalId)!;
      const settled = { definition, type: attempt.type, properties, updatePolicy, dependencies };
      if (current && isDeepStrictEqual(current.properties, properties)) {
        this.#keep({ ...settled, physical: current.physical });
        return;
      }
      this.attempts.set(logicalId, attempt);
      attempt.properties = properties;
      const work = this.#work(attempt, current, updatePolicy);
      attempt.ended = work.then(
        () => {},
        () => {},
      );
      const physical = await work;
      if (attempt.outcome !== 'running') return;
      attempt.outcome = 'succeeded';
      if (attempt.kind !== 'update') this.#report(attempt, 'IN_PROGRESS', physical.id, 'Resource creation Initiated');
      this.#keep({ ...settled, physical });
      this.#report(attempt, 'COMPLETE', physical.id);
    } catch (error) {
      this.attempts.set(logicalId, attempt);
      if (attempt.outcome !== 'running') return;
      attempt.outcome = 'failed';
      this.#report(attempt, 'FAILED', current?.physical.id ?? '', reasonOf(error));
      this.#stopped = true;
      this.#stop();
    }
  }

  async #work(
    attempt: ResourceAttempt,
    current: StackResource | undefined,
    updatePolicy: Properties | undefined,
  ): Promise<Physical> {
    const { definition, type, properties } = attempt;
    const context: ResourceContext = this.#stack.context(definition, {
      updatePolicy,
      rollback: false,
      note: (reason) => {
        if (attempt.outcome === 'running') this.#report(attempt, 'IN_PROGRESS', current?.physical.id ?? '', reason);
      },
    });
    if (!current) {
      this.#report(attempt, 'IN_PROGRESS', '');
      attempt.physical = await this.#handler.create(type, properties, context);
      return attempt.physical;
    }
    const { id } = current.physical;
    if (type.replacedBy.some((name) => !isDeepStrictEqual(current.properties[name], properties[name]))) {
      checkCustomName(type.type, current.properties, properties);
      attempt.kind = 'replace';
      const reason = 'Requested update requires the creation of a new physical resource; hence creating one.';
      this.#report(attempt, 'IN_PROGRESS', id, reason);
      attempt.physical = await this.#handler.create(type, properties, context);
      return attempt.physical;
    }
    this.#report(attempt, 'IN_PROGRESS', id);
    attempt.physical = await this.#handler.update(type, id, properties, current.properties, context);
    return attempt.physical;
  }

  #keep(resource: StackResource): void {
    this.#resources.set(resource.definition.logicalId, resource);
    this.#stack.resources = new Map(this.#resources);
  }

  #cancel(): void {
    for (const [logicalId, attempt] of this.attempts) {
      if (attempt.outcome !== 'running') continue;
      attempt.outcome = 'cancelled';
      const physicalId = this.#resources.get(logicalId)?.physical.id ?? '';
      this.#report(
        attempt,
        'FAILED',
        physicalId,
        `Resource ${verb(attempt) === 'CREATE' ? 'creation' : 'update'} cancelled`,
      );
    }
  }

  /** CloudFormation's text; cancelled resources are listed with the failed ones. */
  #failure(): string {
    const unsuccessful = [...this.attempts.values()].filter(
      ({ outcome }) => outcome === 'failed' || outcome === 'cancelled',
    );
    return (['CREATE', 'UPDATE'] as const)
      .map((kind) => [kind.toLowerCase(), unsuccessful.filter((attempt) => verb(attempt) === kind)] as const)
      .filter(([, attempts]) => attempts.length > 0)
      .map(([kind, attempts]) => {
        const ids = attempts.map(({ definition }) => definition.logicalId).join(', ');
        return `The following resource(s) failed to ${kind}: [${ids}]. `;
      })
      .join('');
  }

  #report(
    attempt: ResourceAttempt,
    progress: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED',
    physicalId: string,
    reason?: string,
  ): void {
    this.#stack.report({
      logicalId: attempt.definition.logicalId,
      type: attempt.type.type,
      physicalId,
      status: `${verb(attempt)}_${progress}`,
      reason,
      properties: attempt.properties,
    });
  }
}

function verb({ kind }: ResourceAttempt): 'CREATE' | 'UPDATE' {
  return kind === 'create' ? 'CREATE' : 'UPDATE';
}
