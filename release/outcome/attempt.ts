/** What is known of the deploy command itself, beside what AWS knows of its work. */
export interface Attempt {
  /** whether the deploy command ended well; where nobody knows, the stack's own word counts: true */
  readonly deployed: boolean;
  /** what the deploy command, or `prepare`, said when it refused; a few lines. @default it said nothing */
  readonly refusal?: string;
  /** `prepare` refused, so that the deploy command never ran. @default it ran */
  readonly unprepared?: Unprepared;
}

export interface Unprepared {
  /** of a ReleaseError, @default something that nobody could foresee */
  readonly code?: string;
  /** @default the refusal names none */
  readonly remedy?: string;
}

/**
 * How CloudFormation turns an update away because another one is at work, or was since the change set was made (texts from
 * aws/aws-dotnet-deploy#689, aws/amazon-chime-sdk-js#1089, aws/serverless-application-model#52, aws/aws-cdk#26182). At the
 * beginning only: further in, it would be what a resource of this very update failed with.
 */
const turnedAway: readonly RegExp[] = [
  /^(\w+: )?Stack:\S+ is in [A-Z_]+_IN_PROGRESS state and can ?not be updated/,
  /^(\w+: )?ChangeSet \[[^\]]+\] cannot be executed in its current (execution )?status of \[OBSOLETE\]/,
  /^(\w+: )?ChangeSet \[[^\]]+\] does not exist/,
  /^(\w+: )?An operation on this ChangeSet is currently in progress/,
];

/** @returns whether somebody else's work on the stack kept this release from beginning */
export function isTurnedAway({ deployed, refusal = '', unprepared }: Attempt): boolean {
  if (deployed) return false;
  if (unprepared) return unprepared.code === 'STACK_BUSY';
  return turnedAway.some((words) => words.test(refusal));
}

/** @returns whether the attempt never reached the stack, so that whatever has happened to it is somebody else's */
export function neverReached(attempt: Attempt): boolean {
  return !attempt.deployed && (attempt.unprepared !== undefined || isTurnedAway(attempt));
}
