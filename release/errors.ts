/** What a release can be refused for. */
export type ReleaseErrorCode =
  | 'PACKAGE_UNREADABLE'
  | 'PACKAGE_MISMATCH'
  | 'STACK_BUSY'
  | 'STACK_STUCK'
  | 'NOT_PREPARED'
  | 'STACK_UNSETTLED'
  | 'NO_STACK'
  | 'USAGE';

/** A release that must not go on, with what to do about it in its message. */
export class ReleaseError extends Error {
  /** @param code tells the kinds apart, for programs */
  constructor(
    readonly code: ReleaseErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ReleaseError';
  }
}
