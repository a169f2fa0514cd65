import type { VirtualClock } from '../clock';
import type { Properties, ResourceType } from '../resource-type';
import { reasonOf } from './events';
import { inOrder, reversed } from './graph';
import type { ResourceHandler } from './resource-handler';
import type { Stack } from './stack';
import { RESOURCE_START } from './timing';

/** A physical resource that a stack no longer needs. */
export interface Leftover {
  readonly logicalId: string;
  readonly type: ResourceType;
  /** Undefined when its creation failed before it had one. */
  readonly physicalId: string | undefined;
  readonly properties: Properties;
  /** Logical ids of the resources that it depends on. */
  readonly dependencies: readonly string[];
  /** Whether its DeletionPolicy or UpdateReplacePolicy retains it. */
  readonly retained: boolean;
  readonly rollback: boolean;
}

/** Resources that are left after a removal. */
interface Removal {
  /** Logical ids of resources whose deletion failed. */
  readonly failed: readonly string[];
  /** Logical ids of resources that were not deleted, because a resource that is left depends on them. */
  readonly blocked: readonly string[];
}

/**
 * Deletes resources, dependents first and concurrently where they are independent. When a deletion fails, the resources
 * that this one depends on are kept as well.
 */
export async function remove(
  stack: Stack,
  clock: VirtualClock,
  handler: ResourceHandler,
  leftovers: readonly Leftover[],
): Promise<Removal> {
  const byId = new Map(leftovers.map((leftover) => [leftover.logicalId, leftover]));
  const needs = new Map(
    leftovers.map((leftover) => [leftover.logicalId, leftover.dependencies.filter((id) => byId.has(id))]),
  );
  const dependents = reversed(needs);
  const failed = new Set<string>();
  const blocked = new Set<string>();
  await clock.waitFor(
    inOrder(clock, dependents, async (logicalId) => {
      if (dependents.get(logicalId)!.some((dependent) => failed.has(dependent) || blocked.has(dependent))) {
        blocked.add(logicalId);
        return;
      }
      if (!(await removeOne(stack, clock, handler, byId.get(logicalId)!))) failed.add(logicalId);
    }),
  );
  return { failed: [...failed], blocked: [...blocked] };
}

async function removeOne(
  stack: Stack,
  clock: VirtualClock,
  handler: ResourceHandler,
  leftover: Leftover,
): Promise<boolean> {
  const { logicalId, type, physicalId, properties, rollback } = leftover;
  const report = (status: string, reason?: string) =>
    stack.report({ logicalId, type: type.type, physicalId: physicalId ?? '', status, reason, properties });
  await clock.sleep(RESOURCE_START);
  if (leftover.retained && physicalId !== undefined) {
    report('DELETE_SKIPPED');
    return true;
  }
  if (physicalId === undefined) {
    report('DELETE_COMPLETE');
    return true;
  }
  report('DELETE_IN_PROGRESS');
  try {
    const note = (reason: string) => report('DELETE_IN_PROGRESS', reason);
    const context = stack.context(leftover, { updatePolicy: undefined, rollback, note });
    await handler.delete(type, physicalId, properties, context);
  } catch (error) {
    report('DELETE_FAILED', reasonOf(error));
    return false;
  }
  report('DELETE_COMPLETE');
  return true;
}
