import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { isAlias, isCancelled } from '../collect/alias-events';
import type { ReleaseFacts } from '../collect/collect';
import { isBusy } from '../collect/stack';
import { type Attempt, isTurnedAway, neverReached } from './attempt';
import { type FunctionRelease, isOver } from './function-release';
import {
  inOrder,
  isAboutReport,
  type Obstacle,
  type ObstacleCode,
  obstacle,
  obstacleInWords,
  REPORT,
} from './obstacle';
import type { Failed, ReleaseOutcome } from './outcome';
import { stuckIn } from './stuck-stack';

const served = 'the version that served before still serves';
const push = 'mend the cause and push again';

/** Says what became of a release, or how it stands while it runs. */
export function judge(facts: ReleaseFacts, attempt: Attempt): ReleaseOutcome {
  // What happens to the stack of a release that never reached it is somebody else's doing, and not to be told as ours.
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
      reason: "the stack's events could not be read, so nobody knows what became of the release",
      remedy: 'look at the stack in the CloudFormation console, and let this role read what is named here',
    };
  }
  if (isBusy(stackStatus) && (deployed || events.length > 0)) {
    const back = stackStatus.includes('ROLLBACK') || functions.some(({ cause }) => cause);
    return { ...known, type: 'in-progress', functions, direction: back ? 'rolling-back' : 'deploying' };
  }

  const culprits = functions.filter(({ cause }) => cause);
  // A resource that could not be deleted afterwards leaves a warning among the events of an update that succeeded.
  const complete = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stackStatus);
  const failure = deployed && complete ? undefined : events.filter((event) => !isCancelled(event)).find(isFailure);
  if (culprits.length > 0 || (failure && functions.length > 0)) {
    const cancelled = neverBegan(facts);
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

/** One remedy stands: what to do about an obstacle before what to do about anything else. */
function remedyOf({ obstacles = [], stackName, stackStatus }: Known, { events }: ReleaseFacts, otherwise?: string) {
  const inTheWay = obstacles.find((each) => !isAboutReport(each));
  if (inTheWay) return inTheWay.remedy;
  // arn:aws:cloudformation:<region>:…
  const region = events.find(({ StackId }) => StackId)?.StackId?.split(':')[3];
  const stuck = stuckIn(stackStatus, { stackName, region });
  return stuck?.remedy ?? otherwise ?? (stackStatus === 'DOES_NOT_EXIST' ? push : `${served}; ${push}`);
}

/** Who was in the way comes before CloudFormation's sentence, which begins with an ARN. */
function reasonToRefuse({ refusal, unprepared }: Attempt, stackName: string): string {
  if (refusal === undefined) return 'the release was refused before it began';
  return unprepared ? refusal : `somebody else changes stack '${stackName}', so sls was turned away: ${refusal}`;
}

/** The release never reached the stack: `prepare` refused it, or CloudFormation because of somebody else's work. */
function refused(facts: ReleaseFacts, attempt: Attempt): Failed {
  const { stackName } = facts;
  const { unprepared } = attempt;
  const found = obstaclesOf(facts, true);
  const known = knownOf(facts, inOrder(isTurnedAway(attempt) ? [obstacle('STACK_BUSY', stackName), ...found] : found));
  const aboutStack = !unprepared || unprepared.code === 'STACK_BUSY' || unprepared.code === 'STACK_STUCK';
  const inTheWay = aboutStack && known.obstacles?.some((each) => !isAboutReport(each));
  return {
    ...known,
    type: 'failed',
    phase: 'before-cloudformation',
    reason: reasonToRefuse(attempt, stackName),
    remedy: (!inTheWay && unprepared?.remedy) || remedyOf(aboutStack ? known : { ...known, obstacles: [] }, facts),
  };
}

/** The deploy command failed, and the stack knows of no failure. */
function notDeployed(facts: ReleaseFacts, known: Known, { refusal }: Attempt): Failed {
  const { functions, events } = facts;
  if (events.some(({ ResourceStatus }) => String(ResourceStatus) !== 'REVIEW_IN_PROGRESS')) {
    const what = 'the stack was updated, yet sls deploy failed';
    return {
      ...known,
      type: 'failed',
      phase: 'after-cloudformation',
      reason: refusal
        ? `${what}: ${refusal}`
        : `${what}: either after the update, or because somebody else updated the stack meanwhile; its own message stands above`,
      remedy: remedyOf(known, facts, "compare the stack's events with this release, then push again"),
      ...(functions.length > 0 ? { functions } : {}),
    };
  }
  return {
    ...known,
    type: 'failed',
    phase: 'before-cloudformation',
    reason: refusal ?? 'sls deploy failed before it changed the stack; its own message stands above',
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

/** @returns aliases that CloudFormation gave up before CodeDeploy had begun on them */
function neverBegan({ events, functions }: ReleaseFacts): string[] {
  const began = new Set(functions.map(({ logicalId }) => logicalId));
  const given = events.filter((event) => isAlias(event) && isCancelled(event));
  return [...new Set(given.map(({ LogicalResourceId = '' }) => LogicalResourceId))].filter((id) => !began.has(id));
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
      add(obstacleInWords(event.ResourceStatusReason ?? ''), event.LogicalResourceId ?? stackName);
  }
  for (const release of functions) {
    const { cause, hook, weightNow = 0 } = release;
    const subject = `${release.functionName}:${release.alias}`;
    if (cause?.type === 'deployment') add(obstacleInWords(`${cause.code} ${cause.message}`), subject);
    if (hook && !hook.answered) add('HOOK_NEVER_ANSWERED', hook.functionName ?? `the ${hook.lifecycleEvent} hook`);
    if (isOver(release) && weightNow > 0 && weightNow < 100) add('WEIGHTS_LEFT', subject);
  }
  if (unread.some(({ why }) => why === 'throttled')) add('THROTTLED', REPORT);
  return inOrder(found);
}
