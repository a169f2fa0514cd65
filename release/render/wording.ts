import type { FunctionRelease, RollbackCause } from '../outcome/function-release';
import { type ChangedSince, functionsOf, type ReleaseOutcome } from '../outcome/outcome';

/** One symbol for each status of CodeDeploy's lifecycle events; always shown with the status itself. */
export const STATUS_SYMBOLS: Readonly<Record<string, string>> = {
  Succeeded: '✔',
  Failed: '✖',
  Skipped: '◌',
  Pending: '○',
  InProgress: '…',
};

/** One symbol and one label for each type of outcome. A closed set. */
export const OUTCOME_LABELS: Readonly<Record<ReleaseOutcome['type'], readonly [symbol: string, label: string]>> = {
  released: ['✔', 'released'],
  'rolled-back': ['✖', 'rolled back'],
  failed: ['✖', 'failed'],
  unchanged: ['◌', 'unchanged'],
  'first-release': ['✔', 'first release'],
  'in-progress': ['…', 'in progress'],
};

/** Label of a release that is in progress and being rolled back. */
export const ROLLING_BACK = 'rolling back';

/** What a failed release says first, by the phase in which it failed. */
export const FAILED_IN = {
  'before-cloudformation': 'failed before CloudFormation, no traffic shifted',
  cloudformation: 'failed in CloudFormation, no traffic shifted',
  'after-cloudformation': 'failed after CloudFormation',
  unread: 'failed to determine the outcome',
} as const;

export const NO_EARLIER_VERSION = 'no earlier version to shift from, so no canary ran';

/** @returns What stopped a shift, as the beginning of a sentence. */
export function renderCause(cause: RollbackCause): string {
  switch (cause.type) {
    case 'alarm':
      return `stopped by ${cause.alarms.length > 1 ? 'alarms' : 'alarm'} ${cause.alarms.join(', ') || '(CodeDeploy named none)'}`;
    case 'hook':
      return `stopped by the ${cause.lifecycleEvent} hook (${cause.message})`;
    case 'person':
      return `stopped manually (${cause.message})`;
    case 'deployment':
      return `stopped by CodeDeploy (${cause.code}: ${cause.message})`;
  }
}

/** @returns An outcome in one sentence, its cause first; the same text wherever the outcome is reported. */
export function headline(outcome: ReleaseOutcome): string {
  const functions = functionsOf(outcome);
  const [first, ...others] = functions;
  switch (outcome.type) {
    case 'released':
      return functions.length > 1
        ? `released: new versions of ${functions.length} functions of ${outcome.stackName} serve 100 % after ${longest(functions)}`
        : `released: ${first?.functionName} v${first?.to} serves 100 % after ${duration(first?.seconds ?? 0)}`;
    case 'rolled-back':
      return [`rolled back: ${rollback(outcome.reason, first)}`, otherFunctions(others)].filter(Boolean).join('; ');
    case 'failed':
      return `${FAILED_IN[outcome.phase]}: ${outcome.reason.replaceAll(/\s*\n\s*/g, ' ')}`;
    case 'unchanged':
      return `unchanged: ${outcome.stackName}, ${whyUnchanged(outcome.stackUpdated)}`;
    case 'first-release':
      return `first release: ${outcome.stackName}, ${NO_EARLIER_VERSION}`;
    case 'in-progress': {
      if (outcome.direction === 'deploying') return `in progress: ${outcome.stackName} (${outcome.stackStatus})`;
      const culprit = functions.find(({ cause }) => cause);
      return `${ROLLING_BACK}: ${rollback(undefined, culprit) || outcome.stackName}`;
    }
  }
}

/** @returns The stack with its status, e.g. `shop-prod (UPDATE_COMPLETE)`. */
export function stackWithStatus(outcome: ReleaseOutcome): string {
  return `${outcome.stackName} (${statusOf(outcome)})`;
}

/** @returns The stack's status, and whether the release had anything to do with it. */
export function statusOf(outcome: ReleaseOutcome): string {
  const untouched = outcome.type === 'failed' && outcome.phase === 'before-cloudformation';
  return untouched ? `untouched by this release, ${outcome.stackStatus}` : outcome.stackStatus;
}

/** @returns How the stack was changed after its last release. */
export function changeSince({ began, stackStatus }: ChangedSince): string {
  return `the stack has since been changed outside the pipeline, starting at ${began}; its status is ${stackStatus}`;
}

/** @returns Why no function was shifted. */
export function whyUnchanged(stackUpdated: boolean): string {
  return stackUpdated
    ? 'the stack was updated, but no function changed, so no canary ran'
    : 'nothing changed, so no canary ran';
}

/** @returns Why CloudFormation rolled back shifts none of which had failed. */
export function stackFailure(reason: string): string {
  return `the stack update failed although no shift did: ${reason}`;
}

function rollback(reason: string | undefined, first: FunctionRelease | undefined): string {
  if (reason) return stackFailure(reason);
  return first?.cause ? stoppedShift(first, first.cause) : '';
}

/** @returns Which function's shift was stopped, why, at which weight, and which version serves. */
export function stoppedShift(release: FunctionRelease, cause: RollbackCause): string {
  return `${release.functionName} ${versionName(release.to, 'new version')} ${howStopped(release, cause)}`;
}

/** @returns Why a shift was stopped, at which weight, and which version serves. */
export function howStopped(release: FunctionRelease, cause: RollbackCause): string {
  return `${renderCause(cause)} ${reachedIn(release)}; ${serving(release)}`;
}

/** @returns E.g. `v7`, or another text where the version could not be read. */
export function versionName(version: string, fallback: string): string {
  return version === '?' ? fallback : `v${version}`;
}

/** @returns E.g. `at 10 % after 2 min 11 s`. */
export function reachedIn({ partial, weightReached, seconds }: FunctionRelease): string {
  return partial ? 'at an unknown weight' : `at ${weightReached} % after ${duration(seconds)}`;
}

/** @returns Which version serves after a shift was stopped. */
export function serving({
  from,
  to,
  partial,
  rollbackDeploymentId,
  weightNow,
  weightReached,
}: FunctionRelease): string {
  const previous = versionName(from, 'the previous version');
  // Without any shifted traffic it never stopped serving, so "again" would be wrong.
  if (rollbackDeploymentId) return `${previous} serves 100 %${weightReached > 0 || partial ? ' again' : ''}`;
  if (weightNow === 0) return `${previous} serves 100 %`;
  const next = versionName(to, 'the new version');
  if (weightNow !== undefined) return `CodeDeploy did not roll back: ${next} still has ${weightNow} % of the traffic`;
  return `CodeDeploy did not roll back: traffic may still be split between ${previous} and ${next}`;
}

/** @returns What happened to the functions after the first one; empty when there are none. */
function otherFunctions(others: readonly FunctionRelease[]): string {
  const count = (amount: number, what: string) => (amount > 0 ? `${counted(amount, 'other function')} ${what}` : '');
  const failed = others.filter(({ cause }) => cause).length;
  const cancelled = others.filter(({ fate }) => fate === 'cancelled').length;
  const rolledBack = others.length - failed - cancelled;
  return [
    count(failed, 'also failed'),
    count(cancelled, `${cancelled === 1 ? 'was' : 'were'} cancelled`),
    count(rolledBack, `${rolledBack === 1 ? 'was' : 'were'} rolled back`),
  ]
    .filter(Boolean)
    .join(', ');
}

function longest(functions: readonly FunctionRelease[]): string {
  return duration(Math.max(...functions.map(({ seconds }) => seconds)));
}

/** @returns E.g. `1 alarm` or `2 alarms`. */
export function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** @returns E.g. `5 min 4 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  return parts
    .filter(([amount], index) => amount > 0 || (index === 2 && whole < 60))
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** @returns The UTC time of day of an instant in ISO 8601, e.g. `09:01:00`. */
export function timeOf(instant: string): string {
  return instant.slice(11, 19);
}

/** @returns A metric's value with at most two decimals. */
export function figure(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** @returns The share of errors, e.g. `0.1 %`. */
export function errorRate({ calls, errors }: { readonly calls: number; readonly errors: number }): string {
  return `${(calls > 0 ? (errors / calls) * 100 : 0).toFixed(1)} %`;
}
