import { type FunctionRelease, isOver } from '../outcome/function-release';
import { functionsOf, type ReleaseOutcome } from '../outcome/outcome';
import { standing, summary } from '../render/summary';
import { changeSince, headline, statusInWords } from '../render/wording';

/** How anything in the view stands. A closed set: one symbol each, and its word beside it. */
export type ViewStatus = 'good' | 'bad' | 'running' | 'waiting' | 'skipped' | 'unknown';

/** A line of the view below a function. */
export interface DetailView {
  readonly kind: 'event' | 'alarm' | 'note';
  readonly status: ViewStatus;
  /** AWS's own word for it, e.g. `Succeeded` or `ALARM` */
  readonly word: string;
  readonly text: string;
}

export interface FunctionView {
  readonly name: string;
  readonly status: ViewStatus;
  readonly word: string;
  readonly versions: string;
  readonly deploymentType: string;
  /** by which its deployment is looked up, or stopped */
  readonly deploymentId: string;
  /** percent on the new version */
  readonly weight: number;
  readonly standing: string;
  readonly details: readonly DetailView[];
}

/** What `watch` shows: all facts in words and numbers, nothing of how they are laid out. */
export interface ReleaseView {
  readonly stackName: string;
  /** CloudFormation's word, and whether it has to do with the release */
  readonly stackStatus: string;
  readonly status: ViewStatus;
  readonly word: string;
  /** one line */
  readonly summary: string;
  readonly percentComplete: number;
  readonly functions: readonly FunctionView[];
  readonly notes: readonly string[];
}

const outcomes: Readonly<Record<ReleaseOutcome['type'], readonly [ViewStatus, string]>> = {
  released: ['good', 'released'],
  'rolled-back': ['bad', 'rolled back'],
  failed: ['bad', 'failed'],
  unchanged: ['skipped', 'unchanged'],
  'first-release': ['good', 'first release'],
  'in-progress': ['running', 'in progress'],
};

const words: Readonly<Record<string, ViewStatus>> = {
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

/** @param now milliseconds since the epoch */
export function releaseView(outcome: ReleaseOutcome, now: number): ReleaseView {
  const { text, percentComplete } = summary(outcome, now);
  const [status, word] = outcomes[outcome.type];
  return {
    stackName: outcome.stackName,
    stackStatus: statusInWords(outcome),
    status,
    word: outcome.type === 'in-progress' && outcome.direction === 'rolling-back' ? 'being rolled back' : word,
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
    status: cause ? 'bad' : fate ? 'skipped' : (words[status] ?? 'unknown'),
    word: fate === 'cancelled' ? 'Cancelled' : fate === 'taken-back' ? 'TakenBack' : status,
    versions: `v${from} → v${to}`,
    deploymentType,
    deploymentId,
    weight: weightOf(release),
    standing: fate && release.weightNow === 0 ? `v${from} serves 100 % again` : standing(release, now),
    details: [
      ...release.lifecycleEvents.map(({ name, status: word }) => {
        const event = detail('event', word, name);
        // Good news of a shift that was undone all the same is no more than history.
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
  return { kind, status: words[word] ?? 'unknown', word, text };
}
