import type { Random } from './random';
import type { ResourceContext } from './resource-type';

export interface PhysicalNameLimits {
  /** characters that the service allows in a name */
  readonly longest: number;
}

/**
 * @returns a name as CloudFormation makes one up where the template gives none: stack, logical id and twelve random
 * characters; stack and logical id are shortened alike when it gets too long
 * (CloudFormation guide, "Name type": the form is `stack-logicalId-suffix`; how it shortens is inferred)
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
