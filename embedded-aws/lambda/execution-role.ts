import type { RoleUse } from '../access/access-control';
import type { FunctionVersion } from './function';

/** @returns The use that Lambda makes of a function's execution role. */
export function executionRole({ functionName, configuration }: FunctionVersion): RoleUse {
  return { service: 'lambda.amazonaws.com', roleArn: configuration.role, session: functionName };
}
