/** Code of the error with which the embedded AWS refuses what it does not support. */
export const NOT_SUPPORTED = 'NotSupportedByEmbeddedAws';

/** An error as an AWS service sends it: the caller's SDK reads its code, message and HTTP status. */
export class AwsError extends Error {
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  /**
   * @param code The service's error code, e.g. `ResourceNotFoundException`.
   * @param message The service's error message.
   * @param status HTTP status, 400 unless given.
   */
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/**
 * Refuses something that AWS supports and the embedded AWS does not. The HTTP status is 400, because SDKs retry every
 * status from 500 on.
 */
export class Unsupported extends AwsError {
  /**
   * @param what Name of what is missing, e.g. `dynamodb:Scan` or `AWS::DynamoDB::GlobalTable`.
   * @param remedy What to do, or where to read on.
   */
  constructor(what: string, remedy = 'docs/fidelity.md lists what is supported') {
    super(NOT_SUPPORTED, `the embedded AWS does not support ${what}; ${remedy}`);
  }
}

/** @returns The error itself, or an `InternalFailure` with the stack trace for a defect of the embedded AWS. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalFailure', `the embedded AWS failed: ${(error as Error)?.stack ?? error}`, 500);
}
