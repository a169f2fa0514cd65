import { AwsError } from '../errors';
import { arn, type Scope } from '../scope';

/** A reference to a function, as a caller gives it. */
export interface FunctionRef {
  readonly name: string;
  /**
   * Version, alias or `$LATEST`.
   *
   * @default - The caller gave none.
   */
  readonly qualifier?: string;
}

const ARN = /^arn:aws:lambda:([a-z0-9-]+):(\d{12}):function:/;
const REF = /^(?:arn:aws:lambda:[a-z0-9-]+:\d{12}:function:|(?:\d{12}:)?function:)?([\w-]+)(?::(\$LATEST|[\w-]+))?$/;

/**
 * Reads the forms that Lambda accepts: a name, a partial ARN or a full ARN, each with or without a qualifier.
 *
 * @param qualifier Qualifier that the call gives separately; may be absent.
 * @throws AwsError ValidationException for another form, InvalidParameterValueException for two different qualifiers,
 *   ResourceNotFoundException for the ARN of another account or region.
 */
export function parseFunctionRef(text: string, scope: Scope, qualifier?: string): FunctionRef {
  const match = REF.exec(text);
  if (!match) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?' +
        '([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?',
    );
  }
  const [, region, accountId] = ARN.exec(text) ?? [];
  if (region && (region !== scope.region || accountId !== scope.accountId)) throw functionNotFound(text);
  const [, name = '', ownQualifier] = match;
  if (ownQualifier !== undefined && qualifier !== undefined && ownQualifier !== qualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const given = qualifier ?? ownQualifier;
  return given === undefined ? { name } : { name, qualifier: given };
}

/** @returns ARN of the function, or of its version or alias. */
export function functionArn(scope: Scope, { name, qualifier }: FunctionRef): string {
  return arn('lambda', scope, qualifier === undefined ? `function:${name}` : `function:${name}:${qualifier}`);
}

/** @param text ARN that does not exist. */
export function functionNotFound(text: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${text}`, 404);
}

/** @param text ARN whose qualifier is not an alias of the function. */
export function aliasNotFound(text: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${text}`, 404);
}
