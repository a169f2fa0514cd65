import { type AccessNeed, type AccessRule, type AccessRules, need } from '../access/need';
import type { Input } from '../protocol/input';
import type { Caller } from '../scope';
import { functionArn, parseFunctionRef } from './function-ref';

/** The function, whatever qualifier the request has. */
function functionOf({ FunctionName }: Input, caller: Caller): string {
  return functionArn(caller, { name: parseFunctionRef(FunctionName, caller).name });
}

/** The exact function, version or alias. */
function qualified({ FunctionName, Qualifier }: Input, caller: Caller): string {
  return functionArn(caller, parseFunctionRef(FunctionName, caller, Qualifier));
}

const onFunction =
  (action: string): AccessRule =>
  (input, caller) =>
    need(action, functionOf(input, caller));
const onQualified =
  (action: string): AccessRule =>
  (input, caller) =>
    need(action, qualified(input, caller));

/**
 * Permissions that Lambda's operations need.
 *
 * Sources: Lambda developer guide, "Resources and conditions for Lambda actions", which says for each action whether it
 * is authorised on the function or on its version or alias; Service Authorization Reference, AWS Lambda. A package
 * in S3 is read with the caller's permissions (Lambda API reference, UpdateFunctionCode).
 */
export const LAMBDA_ACCESS: AccessRules = {
  ListFunctions: () => need('lambda:ListFunctions'),
  GetFunction: onFunction('lambda:GetFunction'),
  GetFunctionConfiguration: onFunction('lambda:GetFunctionConfiguration'),
  UpdateFunctionConfiguration: (input, caller) => [
    ...need('lambda:UpdateFunctionConfiguration', functionOf(input, caller)),
    ...passRole(input.Role),
  ],
  UpdateFunctionCode: (input, caller) => [
    ...need('lambda:UpdateFunctionCode', functionOf(input, caller)),
    ...need('s3:GetObject', `arn:aws:s3:::${input.S3Bucket}/${input.S3Key}`),
  ],
  DeleteFunction: onFunction('lambda:DeleteFunction'),
  ListVersionsByFunction: onFunction('lambda:ListVersionsByFunction'),
  PublishVersion: onFunction('lambda:PublishVersion'),
  GetAlias: onFunction('lambda:GetAlias'),
  ListAliases: onFunction('lambda:ListAliases'),
  CreateAlias: onFunction('lambda:CreateAlias'),
  UpdateAlias: onFunction('lambda:UpdateAlias'),
  DeleteAlias: onFunction('lambda:DeleteAlias'),
  GetPolicy: onQualified('lambda:GetPolicy'),
  AddPermission: (input, caller) =>
    need('lambda:AddPermission', qualified(input, caller), { 'lambda:Principal': input.Principal }),
  RemovePermission: onQualified('lambda:RemovePermission'),
  Invoke: onQualified('lambda:InvokeFunction'),
};

function passRole(role: string | undefined): readonly AccessNeed[] {
  if (role === undefined) return [];
  return need('iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' });
}
