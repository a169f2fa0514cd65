/**
 * A condition that blocks a release although the release itself is not wrong. A closed set; people look the codes up.
 */
export type ObstacleCode =
  | 'STACK_BUSY'
  | 'CONFLICTING_DEPLOYMENT'
  | 'WEIGHTS_LEFT'
  | 'ALIAS_MOVED'
  | 'ROLLBACK_FAILED'
  | 'THROTTLED'
  | 'HOOK_NEVER_ANSWERED';

/** A condition that blocks a release, what it is about, and what to do. */
export interface Obstacle {
  readonly code: ObstacleCode;
  /** The stack, alias or hook that it is about. */
  readonly subject: string;
  readonly remedy: string;
}

/** Subject of an obstacle that affected only the report, not the release. Stored in the ledger. */
export const REPORT = 'this report';

export function isAboutReport({ subject }: Obstacle): boolean {
  return subject === REPORT;
}

/** In the order in which obstacles have to be resolved. */
const REMEDIES: Readonly<Record<ObstacleCode, (subject: string) => string>> = {
  ROLLBACK_FAILED: (stack) =>
    `CloudFormation could not roll back ${stack}, and no release is possible until it has: fix the cause named in the stack's events, then choose 'Continue update rollback' in the CloudFormation console (skip a resource only if its current state is correct)`,
  STACK_BUSY: (stack) => `another operation is changing ${stack}: wait until it has finished, then retry`,
  CONFLICTING_DEPLOYMENT: (subject) =>
    `another CodeDeploy deployment is shifting ${subject}: wait until it ends, or stop it with rollback in the CodeDeploy console, then retry`,
  WEIGHTS_LEFT: (subject) =>
    `CodeDeploy cannot shift ${subject} while its traffic is split between two versions: check with '${getAlias(subject)}'; if it still has a RoutingConfig, decide which version is right and give it all traffic with '${updateAlias(subject)} --routing-config AdditionalVersionWeights={}', then retry`,
  ALIAS_MOVED: (subject) =>
    `${subject} does not point to the version that CloudFormation expects, for instance because it was moved by hand, and the rollback may have restored the expected one: check which version serves with '${getAlias(subject)}'; if it is the right one, retry; if not, restore the right one at once with '${updateAlias(subject)}', then push its code so that CloudFormation expects it too`,
  THROTTLED: (subject) =>
    subject === REPORT
      ? 'AWS throttled calls for this report: look up what is missing in the CloudFormation, CodeDeploy and CloudWatch consoles'
      : `AWS throttled calls for ${subject}: retry; if it happens again, release fewer functions at once or request a higher quota`,
  HOOK_NEVER_ANSWERED: (hook) =>
    `${hook} did not report to CodeDeploy within an hour: read its log, and make sure that it always calls PutLifecycleEventHookExecutionStatus and has permission to`,
};

export const OBSTACLE_CODES = Object.keys(REMEDIES) as readonly ObstacleCode[];

/** Title of each obstacle in logs and messages. */
export const OBSTACLE_TITLES: Readonly<Record<ObstacleCode, string>> = {
  ROLLBACK_FAILED: 'the rollback failed',
  STACK_BUSY: 'the stack is busy',
  CONFLICTING_DEPLOYMENT: 'another deployment is in progress',
  WEIGHTS_LEFT: 'an alias is split between two versions',
  ALIAS_MOVED: 'an alias was moved outside CloudFormation',
  THROTTLED: 'AWS throttled calls',
  HOOK_NEVER_ANSWERED: 'a hook did not report',
};

export function obstacle(code: ObstacleCode, subject: string): Obstacle {
  return { code, subject, remedy: REMEDIES[code](subject) };
}

/** @returns The obstacles without duplicates, in the order in which they have to be resolved. */
export function inOrder(obstacles: readonly Obstacle[]): Obstacle[] {
  const unique = new Map(obstacles.map((each) => [`${each.code} ${each.subject}`, each]));
  return [...unique.values()].sort((a, b) => OBSTACLE_CODES.indexOf(a.code) - OBSTACLE_CODES.indexOf(b.code));
}

/**
 * @returns The obstacle that an error message of AWS stands for. Texts from SAM issues 291 and 351 and from CodeDeploy.
 */
export function obstacleInMessage(message: string): ObstacleCode | undefined {
  if (/conflicting deployment is in progress/i.test(message)) return 'CONFLICTING_DEPLOYMENT';
  if (/throttl|rate exceeded|too many requests/i.test(message)) return 'THROTTLED';
  if (/routes traffic to two versions/i.test(message)) return 'WEIGHTS_LEFT';
  if (/alias version does not match/i.test(message)) return 'ALIAS_MOVED';
  if (/is in [A-Z_]+_IN_PROGRESS state and can ?not be updated/i.test(message)) return 'STACK_BUSY';
  return undefined;
}

/** @param subject `function:alias`, or something else when that is not known. */
function alias(subject: string): string {
  const [functionName = '', name] = subject.split(':');
  return name ? `--function-name ${functionName} --name ${name}` : '--function-name … --name …';
}

function getAlias(subject: string): string {
  return `aws lambda get-alias ${alias(subject)}`;
}

function updateAlias(subject: string): string {
  return `aws lambda update-alias ${alias(subject)} --function-version …`;
}
