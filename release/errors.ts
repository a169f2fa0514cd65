/** Why a release cannot go on. */
type ReleaseErrorCode =
  | 'PACKAGE_UNREADABLE'
  | 'PACKAGE_MISMATCH'
  | 'STACK_BUSY'
  | 'STACK_STUCK'
  | 'STACK_OF_ANOTHER'
  | 'BOUNDARY_NOT_ADOPTED'
  | 'TRUST_CHANGED'
  | 'NOT_PREPARED'
  | 'STACK_UNSETTLED'
  | 'NO_STACK'
  | 'LEDGER_UNREADABLE'
  | 'USAGE';

/** A release that must not go on; its message says why and what to do. */
export class ReleaseError extends Error {
  /** Kind of error, for programs. */
  readonly code: ReleaseErrorCode;
  /** What is wrong, without the remedy. */
  readonly problem: string;
  /** @default - the problem contains it */
  readonly remedy: string | undefined;

  constructor(
    code: ReleaseErrorCode,
    problem: string,
    { remedy, ...options }: ErrorOptions & { readonly remedy?: string } = {},
  ) {
    super(remedy ? `${problem}; ${remedy}` : problem, options);
    this.name = 'ReleaseError';
    this.code = code;
    this.problem = problem;
    this.remedy = remedy;
  }
}
