/** What is known about the deploy command itself, in addition to what AWS reports. */
export interface ReleaseAttempt {
  /** Whether the deploy command succeeded. True when that is not known, so that the stack alone decides. */
  readonly deployed: boolean;
  /** Error message of the deploy command or of `prepare`, a few lines. @default - there was none */
  readonly refusal?: string;
  /** Present when `prepare` refused the release, so that the deploy command never ran. @default - it ran */
  readonly unprepared?: Unprepared;
}

interface Unprepared {
  /** Code of the ReleaseError. @default - it was another error */
  readonly code?: string;
  /** @default - the refusal names none */
  readonly remedy?: string;
}

/**
 * How CloudFormation refuses an update because another operation runs, or ran since the change set was created (texts
 * from aws/aws-dotnet-deploy#689, aws/amazon-chime-sdk-js#1089, aws/serverless-application-model#52,
 * aws/aws-cdk#26182). Only at the beginning of the message: further in, it is the error of a resource of this very
 * update.
 */
const STACK_BUSY_MESSAGES: readonly RegExp[] = [
  /^(\w+: )?Stack:\S+ is in [A-Z_]+_IN_PROGRESS state and can ?not be updated/,
  /^(\w+: )?ChangeSet \[[^\]]+\] cannot be executed in its current (execution )?status of \[OBSOLETE\]/,
  /^(\w+: )?ChangeSet \[[^\]]+\] does not exist/,
  /^(\w+: )?An operation on this ChangeSet is currently in progress/,
];

/** @returns Whether another operation on the stack prevented this release from starting. */
export function wasStackBusy({ deployed, refusal = '', unprepared }: ReleaseAttempt): boolean {
  if (deployed) return false;
  if (unprepared) return unprepared.code === 'STACK_BUSY';
  return STACK_BUSY_MESSAGES.some((pattern) => pattern.test(refusal));
}

/** @returns Whether the attempt never reached the stack, so that nothing that happened to the stack is its doing. */
export function neverReached(attempt: ReleaseAttempt): boolean {
  return !attempt.deployed && (attempt.unprepared !== undefined || wasStackBusy(attempt));
}
