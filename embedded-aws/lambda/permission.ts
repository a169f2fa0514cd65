import { matchesWildcard } from '../../aws-rules/wildcard';
import type { Scope } from '../scope';
import { type FunctionRef, functionArn } from './function-ref';

/** The part of Lambda that says whether a service may invoke a function. */
export interface InvokePermissions {
  /**
   * @param functionName name or ARN; the policy of exactly that qualifier counts, as on Lambda
   * @param service e.g. `apigateway.amazonaws.com`
   * @param sourceArn the resource on whose behalf the service calls
   */
  mayInvoke(functionName: string, service: string, sourceArn: string): boolean;
}

/** One statement of a function's resource policy. */
export interface Statement {
  readonly sid: string;
  readonly action: string;
  /** e.g. `apigateway.amazonaws.com`, an account, or `*` */
  readonly principal: string;
  /** pattern with `*` and `?`, @default any source */
  readonly sourceArn?: string;
  /** @default any account */
  readonly sourceAccount?: string;
}

/** @returns whether the statement lets that service invoke on behalf of that source */
export function allowsInvoke(statement: Statement, service: string, sourceArn: string, scope: Scope): boolean {
  return (
    matchesWildcard(statement.action, 'lambda:InvokeFunction') &&
    (statement.principal === service || statement.principal === '*') &&
    (statement.sourceArn === undefined || matchesWildcard(statement.sourceArn, sourceArn)) &&
    (statement.sourceAccount === undefined || statement.sourceAccount === scope.accountId)
  );
}

/** @returns the policy document as GetPolicy gives it, as JSON text */
export function policyDocument(scope: Scope, ref: FunctionRef, statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'default',
    Statement: statements.map((statement) => statementDocument(scope, ref, statement)),
  });
}

/** @returns one statement of the policy document */
export function statementDocument(scope: Scope, ref: FunctionRef, statement: Statement): object {
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
