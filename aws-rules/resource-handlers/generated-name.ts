/** Number of random characters at the end of a generated name. */
export const GENERATED_SUFFIX = 12;

interface GeneratedNameProps {
  readonly stackName: string;
  readonly logicalId: string;
  /** Random characters at the end; {@link GENERATED_SUFFIX} of them. */
  readonly suffix: string;
  /** Length of the longest name that the service allows, in characters. */
  readonly longest: number;
}

/**
 * The name that CloudFormation generates for a resource that the template does not name: stack name, logical id and
 * random characters (CloudFormation guide, "Name type"). Stack name and logical id are shortened alike when they are
 * too long together; how CloudFormation shortens them is inferred.
 */
export function generatedName({ stackName, logicalId, suffix, longest }: GeneratedNameProps): string {
  const room = longest - suffix.length - 2;
  if (stackName.length + logicalId.length <= room) return `${stackName}-${logicalId}-${suffix}`;
  const half = Math.floor(room / 2);
  const stack = stackName.slice(0, Math.max(half, room - logicalId.length));
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
}
