import type { Notification } from '../../rehearsal/observe/notifications';
import type { EnvironmentObservation } from '../../rehearsal/observe/release-observer';
import type { ReportedOutcomes } from '../../rehearsal/observe/reported-outcomes';
import type { ActionResult } from '../../rehearsal/pipeline/action-runner';
import type { Action } from '../../rehearsal/pipeline/model';
import type { RehearsedRelease } from '../../rehearsal/rehearsal';
import { type FunctionRelease, type ReleaseOutcome, succeeded } from '../../release/outcome/outcome';
import { headline, render } from '../../release/render';
import { aCommit } from './pipeline/a-commit';

/** A successful shift of `shop-prod-hello` from version 1 to 2. */
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

/** The same shift, stopped by an alarm and rolled back. */
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

const theFirst: ReleaseOutcome = {
  ...stack,
  type: 'first-release',
  aliases: [{ logicalId: 'HelloLive', physicalId: 'arn:shop-prod-hello:Live' }],
};
const theReleased: ReleaseOutcome = { ...stack, type: 'released', functions: [shifted] };
const theRolledBack: ReleaseOutcome = {
  ...stack,
  stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
  type: 'rolled-back',
  functions: [stopped],
};

/** @returns What the parts of a pipeline report when they agree on an outcome. */
export function reportedOutcomes(outcome: ReleaseOutcome): ReportedOutcomes {
  const reported = headline(outcome);
  const deploy = render(outcome).split('\n')[0]!;
  return { deploy, exported: succeeded(outcome) ? reported : undefined, canary: reported, ledger: reported };
}

/** The observation of an environment where everything was as expected. The outcome is a first release. */
export const firstRelease: EnvironmentObservation = {
  environment: 'prod',
  stackName: 'shop-prod',
  outcome: theFirst,
  reported: reportedOutcomes(theFirst),
  canaries: [],
  serving: [],
  traffic: undefined,
};

export const promoted: EnvironmentObservation = {
  ...firstRelease,
  outcome: theReleased,
  reported: reportedOutcomes(theReleased),
  canaries: [{ functionName: 'shop-prod-hello', version: '2', invocations: 40, errors: 0 }],
  serving: [{ functionName: 'shop-prod-hello', alias: 'Live', version: '2', weights: {} }],
  traffic: { before: calm, during: calm, after: calm },
};

export const rolledBack: EnvironmentObservation = {
  ...promoted,
  outcome: theRolledBack,
  reported: reportedOutcomes(theRolledBack),
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

/** A release in which the Deploy of each environment ended as expected, and a notification was sent. */
export function releaseOf(
  subject: string,
  environments: readonly EnvironmentObservation[],
  results: readonly ActionResult[] = [],
): RehearsedRelease {
  const commit = { ...aCommit, id: '0123456789abcdef0123456789abcdef01234567', subject };
  const actions = results.map((result, index) => ({ ...ended, action: actionIn('prod', `Action${index}`), result }));
  const deploys = environments.flatMap(({ environment, outcome }) =>
    outcome && results.length === 0 ? [{ ...ended, action: deployIn(environment), result: resultOf(outcome) }] : [],
  );
  const status = results.some(({ type }) => type === 'failed') ? 'Failed' : 'Succeeded';
  return {
    commit,
    execution: { executionId: 'e', commit, status, actions: [...actions, ...deploys] },
    environments,
    notifications: environments.flatMap(({ environment, outcome }) =>
      outcome ? [messageOn(environment, outcome)] : [],
    ),
  };
}

export function messageOn(environment: string, outcome: ReleaseOutcome): Notification {
  return {
    at: '2026-03-02T09:10:00.000Z',
    subject: `shop-${environment} ${outcome.type}`,
    message: `${headline(outcome)}\n\n${render(outcome)}`,
    attributes: { environment, outcome: outcome.type },
    to: ['team@example.com'],
  };
}

const ended = { started: 0, ended: 1, progress: [], log: [] };

function deployIn(stage: string): Action {
  const project = {
    logicalId: 'Deploy',
    name: 'deploy',
    buildSpec: '{}',
    environment: [],
    image: '',
    roleArn: 'arn',
    timeoutMinutes: 60,
    cache: undefined,
  };
  return { ...actionIn(stage, 'Deploy'), type: 'CodeBuild', project, primarySource: 'Source', environment: [] };
}

function resultOf(outcome: ReleaseOutcome): ActionResult {
  if (succeeded(outcome)) return { type: 'succeeded', summary: 'Build succeeded', variables: {} };
  return { type: 'failed', code: 'JobFailed', message: 'Build terminated' };
}
