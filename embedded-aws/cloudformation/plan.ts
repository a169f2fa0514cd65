import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../errors';
import type { ResourceType } from '../resource-type';
import type { Blueprint, ResourceLookup } from './blueprint';
import type { PlannedChange, PropertyChange } from './change-set';
import { sort } from './graph';
import { NotYetKnown } from './intrinsics';
import type { Stack } from './stack';

/**
 * @returns The changes that deploying a blueprint would make. A property whose value only the operation yields (a
 * reference to a new or replaced resource) counts as changed; attributes of a resource that is updated in place count
 * as unchanged.
 * @throws AwsError ValidationError when the type of a logical id would change.
 */
export function plan(
  stack: Stack,
  blueprint: Blueprint,
  types: ReadonlyMap<string, ResourceType>,
): readonly PlannedChange[] {
  checkTypes(stack, blueprint);
  const changes = new Map<string, PlannedChange>();
  for (const logicalId of sort(blueprint.dependencies)) {
    const change = compare(logicalId, stack, blueprint, types, changes);
    if (change) changes.set(logicalId, change);
  }
  const removed = [...stack.resources.values()]
    .filter(({ definition }) => !blueprint.resources.has(definition.logicalId))
    .map(({ definition: { logicalId, type }, physical }): PlannedChange => {
      return { action: 'Remove', logicalId, type, physicalId: physical.id };
    });
  const inTemplateOrder = [...blueprint.resources.keys()].flatMap((id) => changes.get(id) ?? []);
  return [...removed, ...inTemplateOrder];
}

function checkTypes(stack: Stack, blueprint: Blueprint): void {
  const changed = [...blueprint.resources.values()].filter(
    ({ logicalId, type }) => (stack.resources.get(logicalId)?.definition.type ?? type) !== type,
  );
  if (changed.length === 0) return;
  const ids = changed.map(({ logicalId }) => logicalId).join(', ');
  throw new AwsError(
    'ValidationError',
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${ids}]`,
  );
}

/** @returns Whether the stack's outputs would change, as far as that is known before the operation. */
export function changesOutputs(stack: Stack, blueprint: Blueprint): boolean {
  return !isDeepStrictEqual(
    blueprint.outputs((logicalId) => stack.resources.get(logicalId)!.physical),
    stack.outputs,
  );
}

function compare(
  logicalId: string,
  stack: Stack,
  blueprint: Blueprint,
  types: ReadonlyMap<string, ResourceType>,
  changes: ReadonlyMap<string, PlannedChange>,
): PlannedChange | undefined {
  const { type, properties: planned } = blueprint.resources.get(logicalId)!;
  const current = stack.resources.get(logicalId);
  if (!current) return { action: 'Add', logicalId, type };

  const lookup: ResourceLookup = (id) => {
    const change = changes.get(id);
    if (change?.action === 'Add' || (change?.action === 'Modify' && change.replacement !== 'False')) {
      throw new NotYetKnown(id);
    }
    return stack.resources.get(id)!.physical;
  };
  const names = new Set([...Object.keys(current.properties), ...Object.keys(planned)]);
  const properties = [...names].flatMap((name): PropertyChange[] => {
    const replaces = types.get(type)!.replacedBy.includes(name);
    try {
      const value = blueprint.property(logicalId, name, lookup);
      return isDeepStrictEqual(value, current.properties[name]) ? [] : [{ name, replaces, known: true }];
    } catch (error) {
      if (!(error instanceof NotYetKnown)) throw error;
      return [{ name, replaces, known: false }];
    }
  });
  if (properties.length === 0) return undefined;
  const replacing = properties.filter(({ replaces }) => replaces);
  const replacement = replacing.length === 0 ? 'False' : replacing.some(({ known }) => known) ? 'True' : 'Conditional';
  return { action: 'Modify', logicalId, type, physicalId: current.physical.id, replacement, properties };
}
