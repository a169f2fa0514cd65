import { AwsError } from '../errors';
import type { Input } from '../protocol/api';

/** @throws AwsError as CodeDeploy names it, e.g. `ApplicationNameRequiredException` */
export function required(input: Input, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError(`${member[0]!.toUpperCase()}${member.slice(1)}RequiredException`, `${member} is required`);
}
