import type { Failed, ReleaseOutcome } from '../outcome/outcome';
import type { DeployRun } from './deploy-run';

/** @returns The failure of a Deploy whose build never started, so that it cannot have changed anything. */
export function buildNeverStarted(run: DeployRun, stackName: string): Failed {
  const how = run.status === 'Abandoned' ? 'was abandoned' : 'failed';
  return {
    ...failed('before-cloudformation', stackName),
    reason: `Deploy ${how} before its build started${errorOf(run)}`,
    remedy: "fix the cause named in the action's details in the pipeline, then retry the stage",
  };
}

/**
 * @returns The outcome of a Deploy that succeeded without reporting one while the stack shows no change. Only Deploy
 * itself can say that nothing changed; from outside it looks the same as a release that was never deployed.
 */
export function unconfirmedUnchanged({ stackName, stackStatus, console }: ReleaseOutcome): Failed {
  return {
    ...failed('unread', stackName),
    stackStatus,
    ...(console ? { console } : {}),
    reason: "Deploy ended without reporting an outcome, and the stack's events show no change",
    remedy: "read the end of Deploy's log before the next release",
  };
}

/** @param last The last progress. */
export function timeLimitReached(
  last: { readonly summary: string; readonly stackStatus?: string },
  { stack, minutes }: { readonly stack: string; readonly minutes: number },
): Failed {
  return {
    ...failed('unread', stack),
    ...(last.stackStatus ? { stackStatus: last.stackStatus } : {}),
    reason: `no outcome after ${minutes} minutes, the limit of this action; last status: ${last.summary}`,
    remedy:
      "check Deploy's log, and the stack in the CloudFormation console; once the release has ended, retry the failed actions of this stage",
  };
}

/** @returns The reason for the failure of a Deploy that ended without reporting an outcome. */
export function endedWithoutOutcome(run: DeployRun): string {
  return `Deploy ended without reporting an outcome${errorOf(run)}`;
}

function errorOf({ error }: DeployRun): string {
  return error ? `: ${error}` : '';
}

function failed(
  phase: Failed['phase'],
  stackName: string,
): Pick<Failed, 'type' | 'phase' | 'stackName' | 'stackStatus'> {
  return { type: 'failed', phase, stackName, stackStatus: 'UNKNOWN' };
}
