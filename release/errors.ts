/** What a release can be refused for. */
export type ReleaseErrorCode =
  | 'PACKAGE_UNREADABLE'
  | 'PACKAGE_MISMATCH'
  | 'STACK_BUSY'
  | 'STACK_STUCK'
  | 'NOT_PREPARED'
  | 'STACK_UNSETTLED'
  | 'NO_STACK'
  | 'LEDGER_UNREADABLE'
  | 'USAGE';

/** A release that must not go on, with what to do about it in its message. */
export class ReleaseError extends Error {
  /** what is wrong, without what to do about it */
  readonly problem: string;
  /** @default the problem names it */
  readonly remedy: string | undefined;

  /** @param code tells the kinds apart, for programs */
  constructor(
    readonly code: ReleaseErrorCode,
    problem: string,
    { remedy, ...options }: ErrorOptions & { readonly remedy?: string } = {},
  ) {
    super(remedy ? `${problem}; ${remedy}` : problem, options);
    this.name = 'ReleaseError';
    this.problem = problem;
    this.remedy = remedy;
  }
}
