import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { neverReached, type ReleaseAttempt, wasStackBusy } from './attempt';
import { type FunctionRelease, isOver } from './function-release';
import {
  inOrder,
  isAboutReport,
  type Obstacle,
  type ObstacleCode,
  obstacle,
  obstacleInMessage,
  REPORT,
} from './obstacle';
import type { Failed, ReleaseOutcome } from './outcome';
import type { ReleaseFacts } from './release-facts';
import { isAlias, isBusy, isCancelled } from './stack-event';
import { stuckIn } from './stuck-stack';

const STILL_SERVES = 'the previous version keeps serving';
const PUSH_AGAIN = 'fix the cause and push again';

/** Decides what a release ended as, or how far it is while it runs. */
export function judge(facts: ReleaseFacts, attempt: ReleaseAttempt): ReleaseOutcome {
  // A release that never reached the stack did not cause what happened there, so that must not be reported as its doing.
  if (neverReached(attempt)) return refused({ ...facts, events: [], functions: [] }, attempt);
  const { deployed } = attempt;
  const { functions, events } = facts;
  const stackStatus = facts.stackStatus ?? 'DOES_NOT_EXIST';
  const known = knownOf(facts, obstaclesOf(facts, deployed));
  if (facts.blind) {
    return {
      ...known,
      type: 'failed',
      phase: 'unread',
      reason: "the stack's events could not be read",
      remedy:
        'check the stack in the CloudFormation console; if a read listed here was denied, grant this role the permission',
    };
  }
  if (isBusy(stackStatus) && (deployed || events.length > 0)) {
    const back = stackStatus.includes('ROLLBACK') || functions.some(({ cause }) => cause);
    return { ...known, type: 'in-progress', functions, direction: back ? 'rolling-back' : 'deploying' };
  }

  const culprits = functions.filter(({ cause }) => cause);
  // An old resource that could not be deleted leaves a failure among the events of an update that succeeded.
  const complete = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stackStatus);
  const failure = deployed && complete ? undefined : events.filter((event) => !isCancelled(event)).find(isFailure);
  if (culprits.length > 0 || (failure && functions.length > 0)) {
    const cancelled = cancelledBeforeShift(facts);
    return {
      ...known,
      type: 'rolled-back',
      functions: [...culprits, ...functions.filter(({ cause }) => !cause).map((each) => withFate(each, facts))],
      ...(culprits.length === 0 && failure ? { reason: reasonOf(failure) } : {}),
      ...(cancelled.length > 0 ? { cancelled } : {}),
    };
  }
  if (failure) {
    return {
      ...known,
      type: 'failed',
      phase: 'cloudformation',
      reason: reasonOf(failure),
      remedy: remedyOf(known, facts),
    };
  }
  if (!deployed) return notDeployed(facts, known, attempt);
  if (functions.length > 0 && functions.every(isOver)) return { ...known, type: 'released', functions };
  if (functions.length > 0) return { ...known, type: 'in-progress', functions, direction: 'deploying' };
  const aliases = events.filter((event) => isAlias(event) && event.ResourceStatus === 'CREATE_COMPLETE');
  if (aliases.length > 0) {
    return {
      ...known,
      type: 'first-release',
      aliases: aliases.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => ({
        logicalId: LogicalResourceId,
        physicalId: PhysicalResourceId,
      })),
    };
  }
  return { ...known, type: 'unchanged', stackUpdated: events.length > 0 };
}

type Known = Pick<ReleaseOutcome, 'stackName' | 'stackStatus' | 'console' | 'obstacles' | 'unread'>;

function knownOf({ stackName, stackStatus, console, unread }: ReleaseFacts, obstacles: readonly Obstacle[]): Known {
  return {
    stackName,
    stackStatus: stackStatus ?? 'DOES_NOT_EXIST',
    ...(console ? { console } : {}),
    ...(obstacles.length > 0 ? { obstacles } : {}),
    ...(unread?.length ? { unread } : {}),
  };
}

/** One remedy only: an obstacle has to be resolved before anything else helps. */
function remedyOf({ obstacles = [], stackName, stackStatus }: Known, { events }: ReleaseFacts, fallback?: string) {
  const blocking = obstacles.find((each) => !isAboutReport(each));
  if (blocking) return blocking.remedy;
  // arn:aws:cloudformation:<region>:…
  const region = events.find(({ StackId }) => StackId)?.StackId?.split(':')[3];
  const stuck = stuckIn(stackStatus, { stackName, region });
  return (
    stuck?.remedy ?? fallback ?? (stackStatus === 'DOES_NOT_EXIST' ? PUSH_AGAIN : `${STILL_SERVES}; ${PUSH_AGAIN}`)
  );
}

/** The explanation precedes CloudFormation's message, which begins with an ARN. */
function reasonToRefuse({ refusal, unprepared }: ReleaseAttempt, stackName: string): string {
  if (refusal === undefined) return 'the release was refused before it started';
  if (unprepared) return refusal;
  return `CloudFormation refused the update because another operation is changing stack '${stackName}': ${refusal}`;
}

/**
 * The release never reached the stack: `prepare` refused it, or CloudFormation did because another operation was
 * running.
 */
function refused(facts: ReleaseFacts, attempt: ReleaseAttempt): Failed {
  const { stackName } = facts;
  const { unprepared } = attempt;
  const found = obstaclesOf(facts, true);
  const known = knownOf(facts, inOrder(wasStackBusy(attempt) ? [obstacle('STACK_BUSY', stackName), ...found] : found));
  const aboutStack = !unprepared || unprepared.code === 'STACK_BUSY' || unprepared.code === 'STACK_STUCK';
  const blocked = aboutStack && known.obstacles?.some((each) => !isAboutReport(each));
  return {
    ...known,
    type: 'failed',
    phase: 'before-cloudformation',
    reason: reasonToRefuse(attempt, stackName),
    remedy: (!blocked && unprepared?.remedy) || remedyOf(aboutStack ? known : { ...known, obstacles: [] }, facts),
  };
}

/** The deploy command failed, but the stack shows no failure. */
function notDeployed(facts: ReleaseFacts, known: Known, { refusal }: ReleaseAttempt): Failed {
  const { functions, events } = facts;
  if (events.some(({ ResourceStatus }) => String(ResourceStatus) !== 'REVIEW_IN_PROGRESS')) {
    const what = 'sls deploy failed although the stack was updated';
    return {
      ...known,
      type: 'failed',
      phase: 'after-cloudformation',
      reason: refusal
        ? `${what}: ${refusal}`
        : `${what}, by sls itself or by another operation; its error message is above`,
      remedy: remedyOf(known, facts, "check in the stack's events whether this release updated it, then push again"),
      ...(functions.length > 0 ? { functions } : {}),
    };
  }
  return {
    ...known,
    type: 'failed',
    phase: 'before-cloudformation',
    reason: refusal ?? 'sls deploy failed before it changed the stack; its error message is above',
    remedy: remedyOf(known, facts),
  };
}

function isFailure({ ResourceStatus }: StackEvent): boolean {
  const status = String(ResourceStatus ?? '');
  return status.endsWith('_FAILED') || status.includes('ROLLBACK');
}

function reasonOf({ LogicalResourceId, ResourceStatusReason, ResourceStatus }: StackEvent): string {
  return `${LogicalResourceId}: ${ResourceStatusReason ?? ResourceStatus}`;
}

function withFate(release: FunctionRelease, { events }: ReleaseFacts): FunctionRelease {
  const cancelled = events.some(
    (event) => event.LogicalResourceId === release.logicalId && release.logicalId && isCancelled(event),
  );
  return { ...release, fate: cancelled ? 'cancelled' : 'taken-back' };
}

/** @returns Logical ids of aliases that CloudFormation cancelled before CodeDeploy had begun to shift them. */
function cancelledBeforeShift({ events, functions }: ReleaseFacts): string[] {
  const began = new Set(functions.map(({ logicalId }) => logicalId));
  const cancelled = events.filter((event) => isAlias(event) && isCancelled(event));
  return [...new Set(cancelled.map(({ LogicalResourceId = '' }) => LogicalResourceId))].filter((id) => !began.has(id));
}

function obstaclesOf(facts: ReleaseFacts, deployed: boolean): Obstacle[] {
  const { stackName, stackStatus = '', events, functions, unread = [] } = facts;
  const found: Obstacle[] = [];
  const add = (code: ObstacleCode | undefined, subject: string) => {
    if (code) found.push(obstacle(code, subject));
  };
  if (stackStatus === 'UPDATE_ROLLBACK_FAILED') add('ROLLBACK_FAILED', stackName);
  if (isBusy(stackStatus) && !deployed && events.length === 0) add('STACK_BUSY', stackName);
  const shifted = new Set(functions.map(({ logicalId }) => logicalId));
  for (const event of events.filter(isFailure)) {
    if (!shifted.has(event.LogicalResourceId))
      add(obstacleInMessage(event.ResourceStatusReason ?? ''), event.LogicalResourceId ?? stackName);
  }
  for (const release of functions) {
    const { cause, hook, weightNow = 0 } = release;
    const subject = `${release.functionName}:${release.alias}`;
    if (cause?.type === 'deployment') add(obstacleInMessage(`${cause.code} ${cause.message}`), subject);
    if (hook && !hook.answered) add('HOOK_NEVER_ANSWERED', hook.functionName ?? `the ${hook.lifecycleEvent} hook`);
    if (isOver(release) && weightNow > 0 && weightNow < 100) add('WEIGHTS_LEFT', subject);
  }
  if (unread.some(({ why }) => why === 'throttled')) add('THROTTLED', REPORT);
  return inOrder(found);
}
