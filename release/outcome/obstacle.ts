/** What stops a release though nobody did anything wrong. A closed set: each has its own words. */
export type ObstacleCode =
  | 'STACK_BUSY'
  | 'CONFLICTING_DEPLOYMENT'
  | 'WEIGHTS_LEFT'
  | 'ALIAS_MOVED'
  | 'ROLLBACK_FAILED'
  | 'THROTTLED'
  | 'HOOK_NEVER_ANSWERED';

export interface Obstacle {
  readonly code: ObstacleCode;
  /** what it is about: a stack, an alias, a hook */
  readonly subject: string;
  readonly remedy: string;
}

/** The subject of an obstacle that was not in the release's way, only in that of whoever asked about it. */
export const REPORT = 'this report';

export function isAboutReport({ subject }: Obstacle): boolean {
  return subject === REPORT;
}

/** In the order in which they are to be dealt with. */
const remedies: Readonly<Record<ObstacleCode, (subject: string) => string>> = {
  ROLLBACK_FAILED: (stack) =>
    `CloudFormation could not take ${stack} back, and until it has, nothing can be released: mend what its events name, then choose 'Continue update rollback' in its console (skip a resource only if it is as it must be)`,
  STACK_BUSY: (stack) => `somebody else changes ${stack}: wait until it has settled, then retry`,
  CONFLICTING_DEPLOYMENT: (subject) =>
    `CodeDeploy still shifts ${subject} for another release: wait until that deployment ends, or stop it in CodeDeploy's console with rollback, then retry`,
  WEIGHTS_LEFT: (subject) =>
    `CodeDeploy shifts ${subject} no further while its traffic is split between two versions: see which ('${getAlias(subject)}'); if it still has a RoutingConfig, decide which version is right and give it everything ('${updateAlias(subject)} --routing-config AdditionalVersionWeights={}'), then retry`,
  ALIAS_MOVED: (subject) =>
    `${subject} does not point at the version that CloudFormation believes it does, as when somebody has moved it by hand, and the rollback may have put back what CloudFormation believes: see which version serves ('${getAlias(subject)}') and decide which is right; if it is that one, retry; if not, '${updateAlias(subject)}' brings the right one back at once, and a push of its code makes it last`,
  THROTTLED: (subject) =>
    subject === REPORT
      ? `AWS refused calls for ${subject} because there were too many in a short time: what it lacks stands in the consoles of CloudFormation, CodeDeploy and CloudWatch`
      : `AWS refused calls for ${subject} because there were too many in a short time: retry; if it comes again, release fewer functions at once or ask for a higher quota`,
  HOOK_NEVER_ANSWERED: (hook) =>
    `${hook} did not report to CodeDeploy within an hour: read its log; it must call PutLifecycleEventHookExecutionStatus whatever happens, and be allowed to`,
};

export const OBSTACLE_CODES = Object.keys(remedies) as readonly ObstacleCode[];

/** The titles by which people know the obstacles. */
export const obstacleTitles: Readonly<Record<ObstacleCode, string>> = {
  ROLLBACK_FAILED: 'the rollback itself failed',
  STACK_BUSY: 'the stack is busy',
  CONFLICTING_DEPLOYMENT: 'another deployment is in the way',
  WEIGHTS_LEFT: 'an alias is split between two versions',
  ALIAS_MOVED: 'an alias is not where CloudFormation left it',
  THROTTLED: 'AWS was asked too much at once',
  HOOK_NEVER_ANSWERED: 'a hook never answered',
};

export function obstacle(code: ObstacleCode, subject: string): Obstacle {
  return { code, subject, remedy: remedies[code](subject) };
}

/** @returns the obstacles once each, the first to be dealt with first */
export function inOrder(obstacles: readonly Obstacle[]): Obstacle[] {
  const unique = new Map(obstacles.map((each) => [`${each.code} ${each.subject}`, each]));
  return [...unique.values()].sort((a, b) => OBSTACLE_CODES.indexOf(a.code) - OBSTACLE_CODES.indexOf(b.code));
}

/** @returns what AWS's own words are known to mean, by the sentences that SAM issues 291 and 351 and CodeDeploy show */
export function obstacleInWords(words: string): ObstacleCode | undefined {
  if (/conflicting deployment is in progress/i.test(words)) return 'CONFLICTING_DEPLOYMENT';
  if (/throttl|rate exceeded|too many requests/i.test(words)) return 'THROTTLED';
  if (/routes traffic to two versions/i.test(words)) return 'WEIGHTS_LEFT';
  if (/alias version does not match/i.test(words)) return 'ALIAS_MOVED';
  if (/is in [A-Z_]+_IN_PROGRESS state and can ?not be updated/i.test(words)) return 'STACK_BUSY';
  return undefined;
}

/** @param subject `function:alias`, or anything else where that is not known */
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
