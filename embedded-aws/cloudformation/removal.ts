import type { VirtualClock } from '../clock';
import type { Properties, ResourceType } from '../resource-type';
import { reasonOf } from './events';
import { inOrder, reversed } from './graph';
import type { Stack } from './stack';
import { RESOURCE_START } from './timing';

/** A physical resource that a stack wants to be rid of. */
export interface Leftover {
  readonly logicalId: string;
  readonly type: ResourceType;
  /** Undefined when its creation never came to one. */
  readonly physicalId: string | undefined;
  readonly properties: Properties;
  /** Logical ids of what it was made from. */
  readonly dependencies: readonly string[];
  /** Whether a DeletionPolicy or UpdateReplacePolicy keeps it. */
  readonly retained: boolean;
  readonly rollback: boolean;
}

/** Why resources are left after a removal. */
export interface Removal {
  /** Logical ids of those whose deletion failed. */
  readonly failed: readonly string[];
  /** Logical ids of those that were not tried because something left depends on them. */
  readonly blocked: readonly string[];
}

/**
 * Deletes resources, side by side where they are independent, what depends on others first. Where a deletion fails,
 * what that resource depends on stays as well.
 */
export async function remove(stack: Stack, clock: VirtualClock, leftovers: readonly Leftover[]): Promise<Removal> {
  const byId = new Map(leftovers.map((each) => [each.logicalId, each]));
  const needs = new Map(leftovers.map((each) => [each.logicalId, each.dependencies.filter((id) => byId.has(id))]));
  const dependents = reversed(needs);
  const failed = new Set<string>();
  const blocked = new Set<string>();
  await clock.waitFor(
    inOrder(clock, dependents, async (logicalId) => {
      if (dependents.get(logicalId)!.some((each) => failed.has(each) || blocked.has(each))) {
        blocked.add(logicalId);
        return;
      }
      if (!(await removeOne(stack, clock, byId.get(logicalId)!))) failed.add(logicalId);
    }),
  );
  return { failed: [...failed], blocked: [...blocked] };
}

async function removeOne(stack: Stack, clock: VirtualClock, leftover: Leftover): Promise<boolean> {
  const { logicalId, type, physicalId, properties, rollback } = leftover;
  const report = (status: string, reason?: string) =>
    stack.report({ logicalId, type: type.type, physicalId: physicalId ?? '', status, reason, properties });
  await clock.sleep(RESOURCE_START);
  if (leftover.retained && physicalId !== undefined) {
    report('DELETE_SKIPPED');
    return true;
  }
  // What never came to be is gone at once.
  if (physicalId === undefined) {
    report('DELETE_COMPLETE');
    return true;
  }
  report('DELETE_IN_PROGRESS');
  try {
    const note = (reason: string) => report('DELETE_IN_PROGRESS', reason);
    await type.delete(physicalId, properties, stack.context(leftover, { updatePolicy: undefined, rollback, note }));
  } catch (error) {
    report('DELETE_FAILED', reasonOf(error));
    return false;
  }
  report('DELETE_COMPLETE');
  return true;
}
