import { AwsError } from '../errors';
import { arn, type Scope } from '../scope';

/** A function as a caller names it. */
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
 * Reads the forms that Lambda accepts: a name, a partial or a full ARN, each with or without qualifier.
 *
 * @param qualifier What the call gives beside the name.
 * @default - Nothing.
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
  const [, name = '', carried] = match;
  if (carried !== undefined && qualifier !== undefined && carried !== qualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const given = qualifier ?? carried;
  return given === undefined ? { name } : { name, qualifier: given };
}

/** @returns The ARN of a function, or of what the qualifier names of it. */
export function functionArn(scope: Scope, { name, qualifier }: FunctionRef): string {
  return arn('lambda', scope, qualifier === undefined ? `function:${name}` : `function:${name}:${qualifier}`);
}

/** @param text The ARN that names nothing. */
export function functionNotFound(text: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${text}`, 404);
}

/** @param text The ARN whose qualifier is no alias of the function. */
export function aliasNotFound(text: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${text}`, 404);
}
