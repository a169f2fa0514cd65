import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseFacts } from './collect';
import type { ReleaseOutcome } from './outcome';

/**
 * Says what became of a settled release.
 *
 * @param deployed whether the deploy command ended well
 */
export function judge(facts: ReleaseFacts, deployed: boolean): ReleaseOutcome {
  const { stackName, functions, events } = facts;
  const settled = { stackName, stackStatus: facts.stackStatus ?? 'DOES_NOT_EXIST' };
  const culprits = functions.filter(({ cause }) => cause);
  if (culprits.length > 0) {
    return { ...settled, type: 'rolled-back', functions: [...culprits, ...functions.filter(({ cause }) => !cause)] };
  }
  const failure = events.find(isFailure);
  if (failure && functions.length > 0) return { ...settled, type: 'rolled-back', functions, reason: reasonOf(failure) };
  if (failure || !deployed) {
    return {
      ...settled,
      type: 'failed',
      phase: failure ? 'cloudformation' : 'before-cloudformation',
      reason: failure
        ? reasonOf(failure)
        : 'sls deploy failed before it changed the stack; its own message stands above',
      remedy: 'the version that served before still serves; mend the cause and push again',
    };
  }
  if (functions.length > 0) return { ...settled, type: 'released', functions };
  const aliases = events.filter(
    ({ ResourceType, ResourceStatus }) => ResourceType === 'AWS::Lambda::Alias' && ResourceStatus === 'CREATE_COMPLETE',
  );
  if (aliases.length > 0) {
    return {
      ...settled,
      type: 'first-release',
      aliases: aliases.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => ({
        logicalId: LogicalResourceId,
        physicalId: PhysicalResourceId,
      })),
    };
  }
  return { ...settled, type: 'unchanged', stackUpdated: events.length > 0 };
}

function isFailure({ ResourceStatus }: StackEvent): boolean {
  const status = String(ResourceStatus ?? '');
  return status.endsWith('_FAILED') || status.includes('ROLLBACK');
}

function reasonOf({ LogicalResourceId, ResourceStatusReason, ResourceStatus }: StackEvent): string {
  return `${LogicalResourceId}: ${ResourceStatusReason ?? ResourceStatus}`;
}
