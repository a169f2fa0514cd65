/** Number of random characters at the end of a generated name. */
export const GENERATED_SUFFIX = 12;

/**
 * Stands for characters that AWS generates, where a name or an ARN is compared with patterns of policies. No name contains it: it
 * is of Unicode's private use area. So only a wildcard matches it, and it can be found again and written as one.
 */
export const GENERATED_MARK = '\uE000';

/** Number of characters of the stack's name that CloudFormation keeps at least in a name that it generates (inferred). */
export const KEPT_OF_STACK_NAME = 24;

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

/**
 * @returns The generated name with {@link GENERATED_MARK} in place of the random characters, and after what CloudFormation keeps
 * at least of a stack name that it shortens: how much it keeps in addition is not known.
 */
export function markedName(props: Omit<GeneratedNameProps, 'suffix'>): string {
  const name = generatedName({ ...props, suffix: 'X'.repeat(GENERATED_SUFFIX) }).slice(0, -GENERATED_SUFFIX);
  if (name.startsWith(`${props.stackName}-`)) return `${name}${GENERATED_MARK}`;
  const [kept, other] = [name.slice(0, KEPT_OF_STACK_NAME), name.slice(KEPT_OF_STACK_NAME)];
  return `${kept}${GENERATED_MARK}${other}${GENERATED_MARK}`;
}
