import { AwsError } from '../errors';
import type { Input } from '../protocol/input';
import type { InvocationTarget } from './function-store';
import type { PermissionStatement } from './permission';

/** @returns Statements of the policy of the exact function, version or alias that the reference names. */
export function statementsOf({ function: owner, ref }: InvocationTarget): readonly PermissionStatement[] {
  return owner.policies.get(ref.qualifier ?? '') ?? [];
}

/** @returns The statement that an API call or a template describes; their members are the same. */
export function readStatement(
  sid: string,
  { Action, Principal, SourceArn, SourceAccount }: Input,
): PermissionStatement {
  return {
    sid,
    action: Action,
    principal: Principal,
    ...(SourceArn !== undefined && { sourceArn: SourceArn }),
    ...(SourceAccount !== undefined && { sourceAccount: SourceAccount }),
  };
}

/** @throws AwsError ResourceConflictException when the policy has a statement with that id. */
export function addStatement(target: InvocationTarget, statement: PermissionStatement): void {
  const statements = statementsOf(target);
  if (statements.some(({ sid }) => sid === statement.sid)) {
    throw new AwsError(
      'ResourceConflictException',
      `The statement id (${statement.sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      409,
    );
  }
  target.function.policies.set(target.ref.qualifier ?? '', [...statements, statement]);
}

/** @returns Whether the statement existed. */
export function removeStatement(target: InvocationTarget, sid: string): boolean {
  const statements = statementsOf(target);
  const remaining = statements.filter((statement) => statement.sid !== sid);
  target.function.policies.set(target.ref.qualifier ?? '', remaining);
  return remaining.length < statements.length;
}
