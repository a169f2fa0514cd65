import { type FunctionRelease, isOver } from '../outcome/function-release';
import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { shiftProgress, summary } from '../render/summary';
import { changeSince, headline, OUTCOME_LABELS, ROLLING_BACK, statusOf } from '../render/wording';

/** Status of anything in the view. A closed set: one symbol for each, always shown with a word. */
export type ViewStatus = 'good' | 'bad' | 'running' | 'waiting' | 'skipped' | 'unknown';

/** A line below a function. */
export interface DetailView {
  readonly kind: 'event' | 'alarm' | 'note';
  readonly status: ViewStatus;
  /** AWS's own status, e.g. `Succeeded` or `ALARM`. */
  readonly word: string;
  readonly text: string;
}

export interface FunctionView {
  readonly name: string;
  readonly status: ViewStatus;
  readonly word: string;
  readonly versions: string;
  readonly deploymentType: string;
  /** By which the deployment can be looked up or stopped. */
  readonly deploymentId: string;
  /** Percentage of the traffic on the new version. */
  readonly weight: number;
  readonly standing: string;
  readonly details: readonly DetailView[];
}

/** What `watch` shows: all facts as text and numbers, without any layout. */
export interface ReleaseView {
  readonly stackName: string;
  /** CloudFormation's status, and whether the release had anything to do with it. */
  readonly stackStatus: string;
  readonly status: ViewStatus;
  readonly word: string;
  /** One line. */
  readonly summary: string;
  readonly percentComplete: number;
  readonly functions: readonly FunctionView[];
  readonly notes: readonly string[];
}

const OUTCOME_STATUSES: Readonly<Record<ReleaseOutcome['type'], ViewStatus>> = {
  released: 'good',
  'rolled-back': 'bad',
  failed: 'bad',
  unchanged: 'skipped',
  'first-release': 'good',
  'in-progress': 'running',
};

const AWS_STATUSES: Readonly<Record<string, ViewStatus>> = {
  Succeeded: 'good',
  OK: 'good',
  Failed: 'bad',
  Stopped: 'bad',
  ALARM: 'bad',
  InProgress: 'running',
  Baking: 'running',
  Created: 'waiting',
  Queued: 'waiting',
  Ready: 'waiting',
  Pending: 'waiting',
  INSUFFICIENT_DATA: 'waiting',
  Skipped: 'skipped',
  deleted: 'skipped',
};

const FATE_WORDS = { cancelled: 'Cancelled', 'taken-back': 'RolledBack' } as const;

/** @param now Milliseconds since the epoch. */
export function releaseView(outcome: ReleaseOutcome, now: number): ReleaseView {
  const { text, percentComplete } = summary(outcome, now);
  const isRollingBack = outcome.type === 'in-progress' && outcome.direction === 'rolling-back';
  return {
    stackName: outcome.stackName,
    stackStatus: statusOf(outcome),
    status: OUTCOME_STATUSES[outcome.type],
    word: isRollingBack ? ROLLING_BACK : OUTCOME_LABELS[outcome.type][1],
    summary: outcome.type === 'in-progress' ? text : headline(outcome),
    percentComplete,
    functions: functionsOf(outcome).map((release) => functionView(release, now)),
    notes: [
      ...(outcome.obstacles ?? []).map(({ code, remedy }) => `${code}: ${remedy}`),
      ...(outcome.unread ?? []).map(({ what, why }) => `could not read ${what}: ${why}`),
      ...(outcome.changedSince ? [changeSince(outcome.changedSince)] : []),
    ],
  };
}

function functionView(release: FunctionRelease, now: number): FunctionView {
  const { functionName, alias, from, to, deploymentType, deploymentId, status, fate, cause } = release;
  return {
    name: alias ? `${functionName}:${alias}` : functionName,
    status: cause ? 'bad' : fate ? 'skipped' : (AWS_STATUSES[status] ?? 'unknown'),
    word: fate ? FATE_WORDS[fate] : status,
    versions: `v${from} → v${to}`,
    deploymentType,
    deploymentId,
    weight: weightOf(release),
    standing: fate && release.weightNow === 0 ? `v${from} serves 100 % again` : shiftProgress(release, now),
    details: [
      ...release.lifecycleEvents.map(({ name, status: word }) => {
        const event = detail('event', word, name);
        // The events of a shift that was undone afterwards must not look like its result.
        return fate && event.status === 'good' ? { ...event, status: 'skipped' as const } : event;
      }),
      ...(release.alarms ?? []).map(({ name, state, firing }) =>
        detail('alarm', state, firing ? `${name}: ${firing.reason}` : name),
      ),
      ...(release.hook?.reasons ?? []).map((reason) => detail('note', 'Failed', reason)),
    ],
  };
}

function weightOf({ weightNow, weightReached, rollbackDeploymentId, fate, ...release }: FunctionRelease): number {
  if (weightNow !== undefined) return weightNow;
  return fate || rollbackDeploymentId || (isOver(release) && release.cause) ? 0 : weightReached;
}

function detail(kind: DetailView['kind'], word: string, text: string): DetailView {
  return { kind, status: AWS_STATUSES[word] ?? 'unknown', word, text };
}
