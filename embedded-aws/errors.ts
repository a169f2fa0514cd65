/** An error as an AWS service answers it: the caller's SDK sees its code, message and HTTP status. */
export class AwsError extends Error {
  /**
   * @param code the service's own error code, e.g. `ResourceNotFoundException`
   * @param message what the service says
   * @param status the HTTP status, @default 400
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = code;
  }
}

/**
 * The refusal of something that AWS has and this endpoint has not. Its status is 400, because SDKs retry anything in the
 * five hundreds.
 */
export class Unsupported extends AwsError {
  /** @param what names what was asked for, e.g. `dynamodb:Scan` or `AWS::DynamoDB::GlobalTable` */
  constructor(what: string, remedy = 'docs/fidelity.md lists what it knows') {
    super('NotSupportedByRehearsal', `the rehearsal's endpoint does not support ${what}; ${remedy}`);
  }
}
