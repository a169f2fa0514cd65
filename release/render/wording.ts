import type { FunctionRelease, RollbackCause } from '../outcome/function-release';
import { type ChangedSince, functionsOf, type ReleaseOutcome } from '../outcome/outcome';

/** One symbol for each status of CodeDeploy's lifecycle events; the word always stands beside it. */
export const symbols: Readonly<Record<string, string>> = {
  Succeeded: '✔',
  Failed: '✖',
  Skipped: '◌',
  Pending: '○',
  InProgress: '…',
};

/** One symbol and one word for each type of outcome. A closed set. */
export const verdicts: Readonly<Record<ReleaseOutcome['type'], readonly [symbol: string, word: string]>> = {
  released: ['✔', 'released'],
  'rolled-back': ['✖', 'rolled back'],
  failed: ['✖', 'failed'],
  unchanged: ['◌', 'unchanged'],
  'first-release': ['✔', 'first release'],
  'in-progress': ['…', 'in progress'],
};

/** @returns what stopped a shift, as the beginning of a sentence */
export function renderCause(cause: RollbackCause): string {
  switch (cause.type) {
    case 'alarm':
      return `stopped by ${cause.alarms.length > 1 ? 'alarms' : 'alarm'} ${cause.alarms.join(', ') || '(CodeDeploy named none)'}`;
    case 'hook':
      return `failed by the ${cause.lifecycleEvent} hook (${cause.message})`;
    case 'person':
      return `stopped by a person (${cause.message})`;
    case 'deployment':
      return `failed by CodeDeploy (${cause.code}: ${cause.message})`;
  }
}

/** @returns an outcome in one sentence, its cause first; the same words wherever it is told */
export function headline(outcome: ReleaseOutcome): string {
  const functions = functionsOf(outcome);
  const [first, ...others] = functions;
  switch (outcome.type) {
    case 'released':
      return functions.length > 1
        ? `released: ${functions.length} functions of ${outcome.stackName} serve their new versions after ${longest(functions)}`
        : `released: ${first?.functionName} v${first?.to} serves 100 % after ${duration(first?.seconds ?? 0)}`;
    case 'rolled-back':
      return [`rolled back: ${rollback(outcome.reason, first)}`, rest(others)].filter(Boolean).join('; ');
    case 'failed':
      return `${failedWhere[outcome.phase]}: ${outcome.reason.replaceAll(/\s*\n\s*/g, ' ')}`;
    case 'unchanged':
      return `unchanged: ${outcome.stackName}, ${whyUnchanged(outcome.stackUpdated)}`;
    case 'first-release':
      return `first release: ${outcome.stackName}, there was no version to shift from, so no canary ran`;
    case 'in-progress':
      return outcome.direction === 'deploying'
        ? `in progress: ${outcome.stackName} (${outcome.stackStatus})`
        : `being rolled back: ${
            rollback(
              undefined,
              functions.find(({ cause }) => cause),
            ) || outcome.stackName
          }`;
  }
}

export const failedWhere = {
  'before-cloudformation': 'failed before CloudFormation, no traffic shifted',
  cloudformation: 'failed in CloudFormation, no traffic shifted',
  'after-cloudformation': 'failed after CloudFormation',
  unread: 'failed to find out what became of it',
} as const;

/** @returns the stack with its status, and whether that status has anything to do with the release */
export function stackWithStatus(outcome: ReleaseOutcome): string {
  return `${outcome.stackName} (${statusInWords(outcome)})`;
}

/** @returns e.g. `UPDATE_COMPLETE` */
export function statusInWords(outcome: ReleaseOutcome): string {
  const untouched = outcome.type === 'failed' && outcome.phase === 'before-cloudformation';
  return untouched ? `untouched by this release, ${outcome.stackStatus}` : outcome.stackStatus;
}

/** @returns what was done to the stack after its last release */
export function changeSince({ began, stackStatus }: ChangedSince): string {
  return `since then something else has changed the stack: begun at ${began}, it is ${stackStatus}`;
}

export function whyUnchanged(stackUpdated: boolean): string {
  return stackUpdated
    ? 'the stack was updated, but nothing that a function runs has changed: no canary ran'
    : 'nothing has changed: no canary ran';
}

function rollback(reason: string | undefined, first: FunctionRelease | undefined): string {
  if (reason) return `CloudFormation took every shift back, because of ${reason}`;
  if (!first?.cause) return '';
  return `${first.functionName} ${versionName(first.to, 'new version')} ${renderCause(first.cause)} ${reachedIn(first)}; ${servesAgain(first)}`;
}

/** @returns e.g. `v7`, or other words where the version could not be read */
export function versionName(version: string, otherwise: string): string {
  return version === '?' ? otherwise : `v${version}`;
}

/** @returns e.g. `at 10 % after 2 min 11 s` */
export function reachedIn({ partial, weightReached, seconds }: FunctionRelease): string {
  return partial ? 'at a weight that could not be read' : `at ${weightReached} % after ${duration(seconds)}`;
}

export function servesAgain({
  from,
  to,
  partial,
  rollbackDeploymentId,
  weightNow,
  weightReached,
}: FunctionRelease): string {
  const former = versionName(from, 'the former version');
  // Where nothing was shifted, it never stopped to.
  if (rollbackDeploymentId) return `${former} serves 100 %${weightReached > 0 || partial ? ' again' : ''}`;
  if (weightNow === 0) return `${former} serves 100 %`;
  const next = versionName(to, 'the new one');
  if (weightNow !== undefined) return `CodeDeploy did not roll back: ${next} has ${weightNow} % of the traffic`;
  return `CodeDeploy did not roll back: traffic may still be split between ${former} and ${next}`;
}

function rest(others: readonly FunctionRelease[]): string {
  const tell = (count: number, words: string) => (count > 0 ? `${counted(count, 'other function')} ${words}` : '');
  const failed = others.filter(({ cause }) => cause).length;
  const cancelled = others.filter(({ fate }) => fate === 'cancelled').length;
  return [
    tell(failed, 'failed too'),
    tell(cancelled, `${cancelled === 1 ? 'was' : 'were'} cancelled`),
    tell(others.length - failed - cancelled, `${others.length - failed - cancelled === 1 ? 'was' : 'were'} taken back`),
  ]
    .filter(Boolean)
    .join(', ');
}

function longest(functions: readonly FunctionRelease[]): string {
  return duration(Math.max(...functions.map(({ seconds }) => seconds)));
}

export function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** @returns e.g. `5 min 4 s` */
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

/** @returns the time of day of an instant, e.g. `09:01:00` */
export function timeOf(instant: string): string {
  return instant.slice(11, 19);
}

/** @returns a value of a metric without superfluous digits */
export function figure(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** @returns a share of errors, e.g. `0.1 %` */
export function errorRate({ calls, errors }: { readonly calls: number; readonly errors: number }): string {
  return `${(calls > 0 ? (errors / calls) * 100 : 0).toFixed(1)} %`;
}
