import type { Scope } from '../scope';
import { type FunctionRef, functionArn } from './function-ref';

/** The part of Lambda that says whether a service may invoke a function. */
export interface InvokePermissions {
  /**
   * @param functionName Name or ARN; the policy of exactly that qualifier counts, as on Lambda.
   * @param service e.g. `apigateway.amazonaws.com`.
   * @param sourceArn The resource on whose behalf the service calls.
   */
  mayInvoke(functionName: string, service: string, sourceArn: string): boolean;
}

/** One statement of a function's resource policy. */
export interface PermissionStatement {
  readonly sid: string;
  readonly action: string;
  /** e.g. `apigateway.amazonaws.com`, an account, or `*`. */
  readonly principal: string;
  /**
   * Pattern with `*` and `?`.
   *
   * @default - Any source.
   */
  readonly sourceArn?: string;
  /** @default - Any account. */
  readonly sourceAccount?: string;
}

/** @returns Whether the statement lets that service invoke on behalf of that source. */
export function allowsInvoke(
  statement: PermissionStatement,
  service: string,
  sourceArn: string,
  scope: Scope,
): boolean {
  return (
    like('lambda:InvokeFunction', statement.action) &&
    (statement.principal === service || statement.principal === '*') &&
    (statement.sourceArn === undefined || like(sourceArn, statement.sourceArn)) &&
    (statement.sourceAccount === undefined || statement.sourceAccount === scope.accountId)
  );
}

/** @returns The policy document as GetPolicy gives it, as JSON text. */
export function policyDocument(scope: Scope, ref: FunctionRef, statements: readonly PermissionStatement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'default',
    Statement: statements.map((statement) => statementDocument(scope, ref, statement)),
  });
}

/** @returns One statement of the policy document. */
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

/** IAM's ArnLike: `*` is any text, `?` any character. */
function like(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}
