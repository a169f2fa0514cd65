import { GENERATED_SUFFIX, generatedName } from '../aws-rules/resource-handlers/generated-name';
import type { Random } from './random';
import type { ResourceContext } from './resource-type';

interface PhysicalNameLimits {
  /** Length of the longest name that the service allows, in characters. */
  readonly longest: number;
}

/** Generates a name as CloudFormation does for a resource that the template does not name. */
export function physicalName(context: ResourceContext, random: Random, { longest }: PhysicalNameLimits): string {
  const suffix = random.text(GENERATED_SUFFIX, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  return generatedName({ stackName: context.stackName, logicalId: context.logicalId, suffix, longest });
}
