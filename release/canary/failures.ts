import type { Failed, ReleaseOutcome } from '../outcome/outcome';
import type { DeployRun } from './deploy-run';

/** @returns the failure of a Deploy that had no build, so that it cannot have done anything */
export function neverBuilt(run: DeployRun, stackName: string): Failed {
  const how = run.status === 'Abandoned' ? 'was abandoned' : 'failed';
  return {
    ...failed('before-cloudformation', stackName),
    reason: `Deploy ${how} before its build began${why(run)}`,
    remedy: "mend what the action's details in the pipeline name, then retry the stage",
  };
}

/** @returns what to tell in place of `unchanged`, which is for Deploy to say: from here it looks as if nothing had been deployed */
export function unsaid({ stackName, stackStatus, console }: ReleaseOutcome): Failed {
  return {
    ...failed('unread', stackName),
    stackStatus,
    ...(console ? { console } : {}),
    reason: "Deploy ended without saying so, and the stack's events show nothing of it",
    remedy: "read the end of Deploy's log before anything is released again",
  };
}

/** @param last what was said last */
export function givenUp(
  last: { readonly summary: string; readonly stackStatus?: string },
  { stack, minutes }: { readonly stack: string; readonly minutes: number },
): Failed {
  return {
    ...failed('unread', stack),
    ...(last.stackStatus ? { stackStatus: last.stackStatus } : {}),
    reason: `nobody knows yet: this action has followed the release for ${minutes} minutes, its bound; at last: ${last.summary}`,
    remedy:
      "look at Deploy's log and at the stack in the CloudFormation console; once the release has ended, retry this stage's failed actions",
  };
}

/** @returns what Deploy said when it ended without a conclusion */
export function withoutWord(run: DeployRun): string {
  return `Deploy ended without a word about the release${why(run)}`;
}

function why({ error }: DeployRun): string {
  return error ? `: ${error}` : '';
}

function failed(
  phase: Failed['phase'],
  stackName: string,
): Pick<Failed, 'type' | 'phase' | 'stackName' | 'stackStatus'> {
  return { type: 'failed', phase, stackName, stackStatus: 'UNKNOWN' };
}
