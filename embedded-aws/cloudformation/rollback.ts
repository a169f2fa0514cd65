import type { VirtualClock } from '../clock';
import { reasonOf } from './events';
import { inOrder } from './graph';
import type { Leftover } from './removal';
import type { ResourceHandler } from './resource-handler';
import type { ResourceAttempt } from './rollout';
import type { Stack, StackResource } from './stack';
import { RESOURCE_START } from './timing';

/**
 * Restores the former properties of every resource that an update has touched, dependencies first. A resource whose
 * update was cancelled is restored when the update's work has ended.
 *
 * @returns The restored resources, and the logical ids of those that could not be restored.
 */
export async function restore(
  stack: Stack,
  clock: VirtualClock,
  handler: ResourceHandler,
  before: ReadonlyMap<string, StackResource>,
  attempts: ReadonlyMap<string, ResourceAttempt>,
): Promise<{ readonly resources: ReadonlyMap<string, StackResource>; readonly failed: readonly string[] }> {
  const resources = new Map(before);
  const failed: string[] = [];
  const order = new Map(
    [...before].map(([id, { dependencies }]) => [id, dependencies.filter((dependency) => before.has(dependency))]),
  );
  await clock.waitFor(
    inOrder(clock, order, async (logicalId) => {
      const attempt = attempts.get(logicalId);
      if (!attempt || failed.length > 0) return;
      await clock.waitFor(attempt.ended);
      await clock.sleep(RESOURCE_START);
      const former = before.get(logicalId)!;
      const { physical, type, properties } = former;
      const report = (status: string, reason?: string) =>
        stack.report({ logicalId, type: type.type, physicalId: physical.id, status, reason, properties });
      report('UPDATE_IN_PROGRESS');
      try {
        // A resource that was replaced is unchanged: its logical id only has to refer to it again.
        if (attempt.kind === 'update') {
          const note = (reason: string) => report('UPDATE_IN_PROGRESS', reason);
          const context = stack.context(former.definition, { updatePolicy: former.updatePolicy, rollback: true, note });
          const restored = await handler.update(type, physical.id, properties, attempt.properties, context);
          resources.set(logicalId, { ...former, physical: restored });
        }
        report('UPDATE_COMPLETE');
      } catch (error) {
        failed.push(logicalId);
        report('UPDATE_FAILED', reasonOf(error));
      }
    }),
  );
  return { resources, failed };
}

/** @returns The resources that a failed operation has created, to be deleted. */
export async function createdResources(
  clock: VirtualClock,
  attempts: readonly ResourceAttempt[],
  dependencies: ReadonlyMap<string, readonly string[]>,
): Promise<readonly Leftover[]> {
  await clock.waitFor(Promise.all(attempts.map(({ ended }) => ended)));
  return attempts
    .filter(({ kind, physical }) => kind === 'create' || (kind === 'replace' && physical !== undefined))
    .map(({ definition, type, physical, properties }) => ({
      logicalId: definition.logicalId,
      type,
      physicalId: physical?.id,
      properties,
      dependencies: dependencies.get(definition.logicalId)!,
      // RetainExceptOnCreate deletes here, Retain does not (CloudFormation guide, "DeletionPolicy attribute").
      retained: definition.deletionPolicy === 'Retain',
      rollback: true,
    }));
}
