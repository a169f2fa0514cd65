import type { FunctionRelease, LifecycleEvent, ShiftAlarm, VersionTraffic } from '../outcome/function-release';
import { OBSTACLE_TITLES } from '../outcome/obstacle';
import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import {
  changeSince,
  counted,
  duration,
  FAILED_IN,
  figure,
  headline,
  NO_EARLIER_VERSION,
  OUTCOME_LABELS,
  reachedIn,
  renderCause,
  STATUS_SYMBOLS,
  serving,
  stackFailure,
  stackWithStatus,
  timeOf,
  versionName,
  whyUnchanged,
} from './wording';

/** @returns The outcome as text for a terminal or a build's log; without colour and without a final line break. */
export function render(outcome: ReleaseOutcome): string {
  return [...head(outcome), ...functionsOf(outcome).flatMap(renderFunction), ...foot(outcome)].join('\n');
}

function head(outcome: ReleaseOutcome): string[] {
  const { stackName } = outcome;
  const [symbol, label] = OUTCOME_LABELS[outcome.type];
  switch (outcome.type) {
    case 'released':
      return [`${symbol} ${label}: ${stackName}`];
    case 'rolled-back':
      return [
        `${symbol} ${label}: ${stackWithStatus(outcome)}`,
        ...(outcome.reason ? [`  ${stackFailure(outcome.reason)}`] : []),
      ];
    case 'failed':
      return [
        `${symbol} ${FAILED_IN[outcome.phase]}: ${stackWithStatus(outcome)}`,
        ...outcome.reason.split('\n').map((line) => `  ${line}`),
        // An obstacle's remedy is shown with the obstacle.
        ...(outcome.obstacles?.some(({ remedy }) => remedy === outcome.remedy) ? [] : [`  ${outcome.remedy}`]),
      ];
    case 'unchanged':
      return [`${symbol} ${label}: ${stackName}`, `  ${whyUnchanged(outcome.stackUpdated)}`];
    case 'first-release':
      return [
        `${symbol} ${label}: ${stackName}`,
        `  ${NO_EARLIER_VERSION}; the next release will have one`,
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
    ...(cancelled.length > 0 ? [`  cancelled before any of their traffic shifted: ${cancelled.join(', ')}`] : []),
    ...obstacles.flatMap(({ code, remedy }) => [`  ! ${OBSTACLE_TITLES[code]} (${code})`, `    ${remedy}`]),
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
    // The events of a shift that was undone afterwards must not read like its result.
    ...(events && fate ? [`    before that, CodeDeploy reported: ${events}`] : []),
    ...renderTraffic(release).map((line) => `    ${line}`),
    ...(console ? [`    deployment  ${console}`] : []),
  ];
}

function renderEnd(release: FunctionRelease): string[] {
  const { cause, to, fate, rollbackDeploymentId, partial, weightReachedAt, weightReached, hook } = release;
  if (cause) {
    const serves = serving(release);
    return [
      `${renderCause(cause)} ${reachedIn(release)}`,
      ...(weightReachedAt ? [`  v${to} reached ${weightReached} % at ${timeOf(weightReachedAt)}`] : []),
      ...(release.alarms ?? []).flatMap(renderFiring),
      ...(hook?.reasons ?? []).map((reason) => `  ${hook?.functionName} logged: ${reason}`),
      ...(hook && !hook.answered ? [`  ${hook.functionName ?? 'the hook'} did not report to CodeDeploy`] : []),
      rollbackDeploymentId ? `${serves} (rollback ${rollbackDeploymentId})` : serves,
    ];
  }
  if (fate) return [`not the cause, ${FATES[fate]} with the release: ${afterFate(release)}`];
  if (release.status === 'Succeeded') {
    return [partial ? 'the shift succeeded' : `v${to} serves 100 % after ${duration(release.seconds)}`];
  }
  const weight = release.weightNow ?? weightReached;
  return [`v${to} has ${weight} % after ${duration(release.seconds)}`, ...(release.alarms ?? []).map(renderState)];
}

function afterFate({ from, to, weightNow }: FunctionRelease): string {
  if (weightNow === undefined) return `CloudFormation restores ${versionName(from, 'the previous version')}`;
  if (weightNow > 0) return `but ${versionName(to, 'the new version')} still has ${weightNow} % of the traffic`;
  return `${versionName(from, 'the previous version')} serves 100 % again`;
}

const FATES = { cancelled: 'cancelled', 'taken-back': 'rolled back' } as const;

function renderFiring({ name, firing, console }: ShiftAlarm): string[] {
  if (!firing) return [];
  const points = firing.points.map(({ at, value }) => `${timeOf(at).slice(0, 5)} ${figure(value)}`);
  return [
    `  ${name} went into ALARM at ${timeOf(firing.at)}: ${firing.reason}`,
    ...(points.length > 0 ? [`    datapoints: ${points.join(' · ')}`] : []),
    ...(console ? [`    ${console}`] : []),
  ];
}

function renderState({ name, state, firing }: ShiftAlarm): string {
  return `  alarm ${name}: ${state}${firing ? `, ${firing.reason}` : ''}`;
}

function renderTraffic({ traffic, from, to }: FunctionRelease): string[] {
  if (!traffic) return [];
  const side = (version: string, { calls, errors }: VersionTraffic) =>
    `v${version} ${calls} (${counted(errors, 'error')})`;
  return [
    `invocations during the deployment, as counted by CloudWatch so far: ${side(to, traffic.to)}, ${side(from, traffic.from)}`,
  ];
}

function renderEvent({ name, status }: LifecycleEvent): string {
  return `${STATUS_SYMBOLS[status] ?? '?'} ${name} ${status}`;
}
