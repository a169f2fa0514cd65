import type { ActionResult } from '../../rehearsal/pipeline/action-runner';
import type { Action } from '../../rehearsal/pipeline/model';
import type { RehearsedRelease } from '../../rehearsal/rehearsal';
import type { EnvironmentObservation } from '../../rehearsal/release-observer';
import type { FunctionRelease } from '../../release/outcome';

/** A shift of `shop-prod-hello` from version 1 to 2 that everybody was happy with. */
export const shifted: FunctionRelease = {
  functionName: 'shop-prod-hello',
  alias: 'Live',
  from: '1',
  to: '2',
  deploymentType: 'Canary10Percent5Minutes',
  deploymentId: 'd-FORWARD01',
  status: 'Succeeded',
  weightReached: 100,
  seconds: 303,
  lifecycleEvents: [{ name: 'AllowTraffic', status: 'Succeeded' }],
};

/** The same shift, stopped by an alarm and taken back. */
export const stopped: FunctionRelease = {
  ...shifted,
  status: 'Stopped',
  weightReached: 10,
  seconds: 131,
  lifecycleEvents: [{ name: 'AllowTraffic', status: 'Failed' }],
  cause: { type: 'alarm', alarms: ['shop-prod-hello-v2-errors'] },
  rollbackDeploymentId: 'd-BACKWARD1',
};

const stack = { stackName: 'shop-prod', stackStatus: 'UPDATE_COMPLETE' };
const calm = { served: 100, failed: 0 };

/** What is seen of an environment where nothing was wrong; the outcome is a first release. */
export const firstRelease: EnvironmentObservation = {
  environment: 'prod',
  stackName: 'shop-prod',
  outcome: {
    ...stack,
    type: 'first-release',
    aliases: [{ logicalId: 'HelloLive', physicalId: 'arn:shop-prod-hello:Live' }],
  },
  canaries: [],
  serving: [],
  traffic: undefined,
};

export const promoted: EnvironmentObservation = {
  ...firstRelease,
  outcome: { ...stack, type: 'released', functions: [shifted] },
  canaries: [{ functionName: 'shop-prod-hello', version: '2', invocations: 40, errors: 0 }],
  serving: [{ functionName: 'shop-prod-hello', alias: 'Live', version: '2', weights: {} }],
  traffic: { before: calm, during: calm, after: calm },
};

export const rolledBack: EnvironmentObservation = {
  ...promoted,
  outcome: { ...stack, stackStatus: 'UPDATE_ROLLBACK_COMPLETE', type: 'rolled-back', functions: [stopped] },
  canaries: [{ functionName: 'shop-prod-hello', version: '2', invocations: 12, errors: 1 }],
  serving: [{ functionName: 'shop-prod-hello', alias: 'Live', version: '1', weights: {} }],
  traffic: { before: calm, during: { served: 99, failed: 1 }, after: calm },
};

export function actionIn(stage: string, name: string): Action {
  return {
    type: 'Source',
    stage,
    name,
    runOrder: 1,
    inputs: [],
    outputs: [],
    namespace: undefined,
    roleArn: undefined,
    region: 'eu-central-1',
    repository: 'acme/shop',
    branch: 'main',
    connectionArn: 'arn',
  };
}

export function releaseOf(
  subject: string,
  environments: readonly EnvironmentObservation[],
  results: readonly ActionResult[] = [],
): RehearsedRelease {
  const commit = { id: '0123456789abcdef0123456789abcdef01234567', subject };
  const actions = results.map((result, index) => ({
    action: actionIn('prod', `Action${index}`),
    result,
    started: 0,
    ended: 1,
  }));
  const status = results.some(({ type }) => type === 'failed') ? 'Failed' : 'Succeeded';
  return { commit, execution: { executionId: 'e', commit, status, actions }, environments };
}
