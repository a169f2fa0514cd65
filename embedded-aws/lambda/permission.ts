import type { Scope } from '../scope';
import { type FunctionRef, functionArn } from './function-ref';

/** Lambda, as services check whether they may invoke a function. */
export interface InvokePermissions {
  /**
   * @param functionName Name or ARN; only the policy of its exact qualifier counts, as on Lambda.
   * @param service Service principal, e.g. `apigateway.amazonaws.com`.
   * @param sourceArn ARN of the resource on whose behalf the service invokes.
   */
  mayInvoke(functionName: string, service: string, sourceArn: string): boolean;
}

/** One statement of a function's resource policy. */
export interface PermissionStatement {
  readonly sid: string;
  readonly action: string;
  /** Service principal such as `apigateway.amazonaws.com`, account, or `*`. */
  readonly principal: string;
  /**
   * Pattern with `*` and `?`.
   *
   * @default - Any source.
   */
  readonly sourceArn?: string;
  /**
   * Account of the source.
   *
   * @default - Any account.
   */
  readonly sourceAccount?: string;
}

/** @returns The policy document in the form of GetPolicy. */
export function policyDocument(scope: Scope, ref: FunctionRef, statements: readonly PermissionStatement[]): object {
  return {
    Version: '2012-10-17',
    Id: 'default',
    Statement: statements.map((statement) => statementDocument(scope, ref, statement)),
  };
}

/** @returns A statement of the policy document. */
export function statementDocument(scope: Scope, ref: FunctionRef, statement: PermissionStatement): object {
  const { sid, action, principal, sourceArn, sourceAccount } = statement;
  const condition = {
    ...(sourceAccount && { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
    ...(sourceArn && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
  };
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : principal.includes('.') ? { Service: principal } : { AWS: principal },
    Action: action,
    Resource: functionArn(scope, ref),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}
