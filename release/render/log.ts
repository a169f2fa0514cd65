import type { FunctionRelease, LifecycleEvent, WatchedAlarm } from '../outcome/function-release';
import { obstacleTitles } from '../outcome/obstacle';
import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import {
  changeSince,
  counted,
  duration,
  failedWhere,
  figure,
  headline,
  reachedIn,
  renderCause,
  servesAgain,
  stackWithStatus,
  symbols,
  timeOf,
  verdicts,
  versionName,
  whyUnchanged,
} from './wording';

/** @returns the outcome in words, for a terminal or a build's log; no colour, no trailing line end */
export function render(outcome: ReleaseOutcome): string {
  return [...head(outcome), ...functionsOf(outcome).flatMap(renderFunction), ...foot(outcome)].join('\n');
}

function head(outcome: ReleaseOutcome): string[] {
  const { stackName } = outcome;
  const [symbol, word] = verdicts[outcome.type];
  switch (outcome.type) {
    case 'released':
      return [`${symbol} ${word}: ${stackName}`];
    case 'rolled-back':
      return [
        `${symbol} ${word}: ${stackWithStatus(outcome)}`,
        ...(outcome.reason ? [`  CloudFormation took every shift back, because of ${outcome.reason}`] : []),
      ];
    case 'failed':
      return [
        `${symbol} ${failedWhere[outcome.phase]}: ${stackWithStatus(outcome)}`,
        ...outcome.reason.split('\n').map((line) => `  ${line}`),
        // An obstacle's own remedy stands with the obstacle.
        ...(outcome.obstacles?.some(({ remedy }) => remedy === outcome.remedy) ? [] : [`  ${outcome.remedy}`]),
      ];
    case 'unchanged':
      return [`${symbol} ${word}: ${stackName}`, `  ${whyUnchanged(outcome.stackUpdated)}`];
    case 'first-release':
      return [
        `${symbol} ${word}: ${stackName}`,
        '  there was no version to shift from, so no canary ran; the next release has one',
        ...outcome.aliases.map(({ physicalId }) => `  ${physicalId}`),
      ];
    case 'in-progress':
      return [`${symbol} ${headline(outcome)}`];
  }
}

/** What concerns the release as a whole. */
function foot(outcome: ReleaseOutcome): string[] {
  const { obstacles = [], unread = [], changedSince, console } = outcome;
  const cancelled = outcome.type === 'rolled-back' ? (outcome.cancelled ?? []) : [];
  return [
    ...(cancelled.length > 0 ? [`  cancelled before any traffic shifted: ${cancelled.join(', ')}`] : []),
    ...obstacles.flatMap(({ code, remedy }) => [`  ! ${obstacleTitles[code]} (${code})`, `    ${remedy}`]),
    ...unread.map(({ what, why, message }) => `  ? could not read ${what}: ${why} (${message})`),
    ...(changedSince ? [`  ! ${changeSince(changedSince)}`] : []),
    ...(console ? [`  stack  ${console}`] : []),
  ];
}

function renderFunction(release: FunctionRelease): string[] {
  const { functionName, alias, from, to, deploymentType, deploymentId, console, lifecycleEvents, fate } = release;
  const name = alias ? `${functionName}:${alias}` : functionName;
  const versions = release.partial ? [] : [`v${from} → v${to}`];
  const events = lifecycleEvents.map(renderEvent).join('   ');
  return [
    `  ${[name, ...versions, deploymentType, deploymentId].filter(Boolean).join('  ')}`,
    ...(events && !fate ? [`    ${events}`] : []),
    ...renderEnd(release).map((line) => `    ${line}`),
    // Good news of a shift that was undone all the same is no more than history.
    ...(events && fate ? [`    CodeDeploy's word before that: ${events}`] : []),
    ...renderTraffic(release).map((line) => `    ${line}`),
    ...(console ? [`    deployment  ${console}`] : []),
  ];
}

function renderEnd(release: FunctionRelease): string[] {
  const { cause, to, fate, rollbackDeploymentId, partial, weightReachedAt, weightReached, hook } = release;
  if (cause) {
    const again = servesAgain(release);
    return [
      `${renderCause(cause)} ${reachedIn(release)}`,
      ...(weightReachedAt ? [`  v${to} had ${weightReached} % from ${timeOf(weightReachedAt)} on`] : []),
      ...(release.alarms ?? []).flatMap(renderFiring),
      ...(hook?.reasons ?? []).map((reason) => `  ${hook?.functionName} logged: ${reason}`),
      ...(hook && !hook.answered ? [`  ${hook.functionName ?? 'the hook'} never reported to CodeDeploy`] : []),
      rollbackDeploymentId ? `${again} (rollback ${rollbackDeploymentId})` : again,
    ];
  }
  if (fate) return [`nothing was wrong with it; ${fates[fate]} with the release: ${afterFate(release)}`];
  if (release.status === 'Succeeded') {
    return [partial ? 'its shift succeeded' : `v${to} serves 100 % after ${duration(release.seconds)}`];
  }
  const weight = release.weightNow ?? weightReached;
  return [`v${to} has ${weight} % after ${duration(release.seconds)}`, ...(release.alarms ?? []).map(renderState)];
}

function afterFate({ from, to, weightNow }: FunctionRelease): string {
  if (weightNow === undefined) return `CloudFormation puts ${versionName(from, 'the former version')} back`;
  if (weightNow > 0) return `yet ${versionName(to, 'the new version')} still has ${weightNow} % of the traffic`;
  return `${versionName(from, 'the former version')} serves 100 % again`;
}

const fates = { cancelled: 'it was cancelled', 'taken-back': 'it was taken back' } as const;

function renderFiring({ name, firing, console }: WatchedAlarm): string[] {
  if (!firing) return [];
  const points = firing.points.map(({ at, value }) => `${timeOf(at).slice(0, 5)} ${figure(value)}`);
  return [
    `  ${name} went off at ${timeOf(firing.at)}: ${firing.reason}`,
    ...(points.length > 0 ? [`    its metric: ${points.join(' · ')}`] : []),
    ...(console ? [`    ${console}`] : []),
  ];
}

function renderState({ name, state, firing }: WatchedAlarm): string {
  return `  alarm ${name}: ${state}${firing ? `, ${firing.reason}` : ''}`;
}

function renderTraffic({ traffic, from, to }: FunctionRelease): string[] {
  if (!traffic) return [];
  const side = (version: string, { calls, errors }: { readonly calls: number; readonly errors: number }) =>
    `v${version} answered ${counted(calls, 'call')}, ${errors} with an error`;
  return [`while it ran, as far as CloudWatch had counted: ${side(to, traffic.to)}; ${side(from, traffic.from)}`];
}

function renderEvent({ name, status }: LifecycleEvent): string {
  return `${symbols[status] ?? '?'} ${name} ${status}`;
}
