import type { VirtualClock } from '../clock';
import type { ResourceType } from '../resource-type';
import type { Blueprint, StackOutput } from './blueprint';
import { reasonOf } from './events';
import { type Leftover, remove } from './removal';
import type { ResourceHandler } from './resource-handler';
import { createdResources, restore } from './rollback';
import { Rollout } from './rollout';
import type { Stack, StackResource } from './stack';
import type { StackSettings } from './stack-request';
import { STACK_END, STACK_START } from './timing';

interface StackOperationProps {
  readonly stack: Stack;
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly clock: VirtualClock;
  readonly handler: ResourceHandler;
  /**
   * @throws AwsError when another stack already exports one of these outputs, or imports one that would change or end.
   */
  readonly checkExports: (stack: Stack, outputs: readonly StackOutput[]) => void;
}

/** One operation on a stack, from "User Initiated" to its last event. Its methods run in a task. */
export class StackOperation {
  readonly #stack: Stack;
  readonly #types: ReadonlyMap<string, ResourceType>;
  readonly #clock: VirtualClock;
  readonly #handler: ResourceHandler;
  readonly #checkExports: StackOperationProps['checkExports'];

  constructor({ stack, types, clock, handler, checkExports }: StackOperationProps) {
    this.#stack = stack;
    this.#types = types;
    this.#clock = clock;
    this.#handler = handler;
    this.#checkExports = checkExports;
  }

  async create(blueprint: Blueprint, settings: StackSettings): Promise<void> {
    const stack = this.#stack;
    stack.blueprint = blueprint;
    stack.settings = settings;
    stack.enter('CREATE_IN_PROGRESS', 'User Initiated');
    const { rollout, failure } = await this.#deploy(blueprint);
    if (failure === undefined) {
      stack.enter('CREATE_COMPLETE');
      return;
    }
    stack.enter('ROLLBACK_IN_PROGRESS', `${failure.trimEnd()} Rollback requested by user.`);
    const leftovers = await createdResources(this.#clock, [...rollout.attempts.values()], blueprint.dependencies);
    stack.resources = new Map();
    const { failed } = await remove(stack, this.#clock, this.#handler, leftovers);
    await this.#clock.sleep(STACK_END);
    if (failed.length === 0) stack.enter('ROLLBACK_COMPLETE');
    else stack.enter('ROLLBACK_FAILED', failedTo('delete', failed));
  }

  async update(blueprint: Blueprint, settings: StackSettings): Promise<void> {
    const stack = this.#stack;
    const before = stack.resources;
    stack.enter('UPDATE_IN_PROGRESS', 'User Initiated');
    const { rollout, failure } = await this.#deploy(blueprint);
    if (failure !== undefined) {
      await this.#rollBack(rollout, before, blueprint, failure);
      return;
    }
    stack.blueprint = blueprint;
    stack.settings = settings;
    stack.updatedAt = this.#clock.date();
    stack.enter('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    const { failed } = await remove(stack, this.#clock, this.#handler, superseded(before, blueprint, rollout));
    stack.resources = new Map([...stack.resources].filter(([logicalId]) => blueprint.resources.has(logicalId)));
    await this.#clock.sleep(STACK_END);
    // CloudFormation no longer tracks what it could not delete here (guide, "Monitor the progress of a stack update").
    stack.enter(
      'UPDATE_COMPLETE',
      failed.length > 0 ? 'Update successful. One or more resources could not be deleted.' : undefined,
    );
  }

  async delete(): Promise<void> {
    const stack = this.#stack;
    stack.enter('DELETE_IN_PROGRESS', 'User Initiated');
    await this.#clock.sleep(STACK_START);
    const leftovers = [...stack.resources.values()].map((resource) =>
      leftover(resource, resource.definition.deletionPolicy !== 'Delete'),
    );
    const { failed, blocked } = await remove(stack, this.#clock, this.#handler, leftovers);
    stack.resources = new Map([...stack.resources].filter(([id]) => failed.includes(id) || blocked.includes(id)));
    await this.#clock.sleep(STACK_END);
    if (failed.length === 0) stack.enter('DELETE_COMPLETE');
    else stack.enter('DELETE_FAILED', failedTo('delete', failed));
  }

  /** Deploys a blueprint's resources, then its outputs. */
  async #deploy(blueprint: Blueprint): Promise<{ readonly rollout: Rollout; readonly failure: string | undefined }> {
    const stack = this.#stack;
    await this.#clock.sleep(STACK_START);
    const rollout = new Rollout({ stack, blueprint, types: this.#types, clock: this.#clock, handler: this.#handler });
    const failure = await rollout.run();
    if (failure !== undefined) return { rollout, failure };
    await this.#clock.sleep(STACK_END);
    try {
      const outputs = blueprint.outputs((logicalId) => stack.resources.get(logicalId)!.physical);
      this.#checkExports(stack, outputs);
      stack.outputs = outputs;
      return { rollout, failure: undefined };
    } catch (error) {
      return { rollout, failure: reasonOf(error) };
    }
  }

  async #rollBack(
    rollout: Rollout,
    before: ReadonlyMap<string, StackResource>,
    blueprint: Blueprint,
    failure: string,
  ): Promise<void> {
    const stack = this.#stack;
    stack.enter('UPDATE_ROLLBACK_IN_PROGRESS', failure);
    await this.#clock.sleep(STACK_START);
    const { resources, failed } = await restore(stack, this.#clock, this.#handler, before, rollout.attempts);
    stack.resources = resources;
    if (failed.length > 0) {
      stack.enter('UPDATE_ROLLBACK_FAILED', failedTo('update', failed));
      return;
    }
    await this.#clock.sleep(STACK_END);
    stack.enter('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await remove(
      stack,
      this.#clock,
      this.#handler,
      await createdResources(this.#clock, [...rollout.attempts.values()], blueprint.dependencies),
    );
    await this.#clock.sleep(STACK_END);
    stack.updatedAt = this.#clock.date();
    stack.enter('UPDATE_ROLLBACK_COMPLETE');
  }
}

/** @returns The resources that an update has removed from the template or replaced. */
function superseded(
  before: ReadonlyMap<string, StackResource>,
  blueprint: Blueprint,
  rollout: Rollout,
): readonly Leftover[] {
  return [...before].flatMap(([logicalId, resource]) => {
    const { deletionPolicy } = resource.definition;
    if (!blueprint.resources.has(logicalId)) return [leftover(resource, deletionPolicy !== 'Delete')];
    if (rollout.attempts.get(logicalId)?.kind !== 'replace') return [];
    // The UpdateReplacePolicy of the new template applies.
    const { updateReplacePolicy } = blueprint.resources.get(logicalId)!;
    return [leftover(resource, updateReplacePolicy !== 'Delete')];
  });
}

function leftover(
  { definition, type, physical, properties, dependencies }: StackResource,
  retained: boolean,
): Leftover {
  const { logicalId } = definition;
  return { logicalId, type, physicalId: physical.id, properties, dependencies, retained, rollback: false };
}

function failedTo(verb: 'update' | 'delete', logicalIds: readonly string[]): string {
  return `The following resource(s) failed to ${verb}: [${logicalIds.join(', ')}]. `;
}
