import type { Random } from './random';
import type { ResourceContext } from './resource-type';

interface PhysicalNameLimits {
  /** Length of the longest name that the service allows, in characters. */
  readonly longest: number;
}

/**
 * Generates a name as CloudFormation does for a resource that the template does not name: stack name, logical id and
 * twelve random characters (CloudFormation guide, "Name type"). Stack name and logical id are shortened alike when they
 * are too long together; how CloudFormation shortens them is inferred.
 */
export function physicalName(context: ResourceContext, random: Random, { longest }: PhysicalNameLimits): string {
  const suffix = random.text(12, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  const room = longest - suffix.length - 2;
  const { stackName, logicalId } = context;
  if (stackName.length + logicalId.length <= room) return `${stackName}-${logicalId}-${suffix}`;
  const half = Math.floor(room / 2);
  const stack = stackName.slice(0, Math.max(half, room - logicalId.length));
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
}
