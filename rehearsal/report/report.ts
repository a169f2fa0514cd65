import type { Denial } from '../../embedded-aws/access/access-control';
import { render } from '../../release/render';
import type { Notification } from '../observe/notifications';
import type { EnvironmentObservation } from '../observe/release-observer';
import type { Tally } from '../observe/traffic';
import type { ActionExecution } from '../pipeline/pipeline-event';
import type { RehearsedRelease } from '../rehearsal';
import type { Push } from './expectation';
import type { FaultOutcome } from './fault-outcome';
import { renderFault } from './fault-report';

/** The result of a rehearsal, as `--json` prints it. */
interface RehearsalReport {
  readonly seed: number;
  /** Whether builds skipped their tests. */
  readonly quick: boolean;
  readonly releases: readonly ReleaseReport[];
  /**
   * How the release with each fault ended.
   *
   * @default - no fault was rehearsed
   */
  readonly faults?: readonly FaultOutcome[];
  /** Messages on what was not as expected. Empty when the rehearsal succeeded. */
  readonly differences: readonly string[];
  /**
   * What a policy denied, whether or not it changed how a release ended.
   *
   * @default - nothing was denied
   */
  readonly denied?: readonly Denial[];
}

interface ReleaseReport {
  readonly push: Push;
  readonly commit: RehearsedRelease['commit'];
  readonly pipeline: {
    readonly status: string;
    readonly actions: readonly ActionReport[];
  };
  readonly notifications: readonly Notification[];
  readonly environments: readonly EnvironmentObservation[];
}

/** An action as the CodePipeline console shows it. */
interface ActionReport {
  readonly stage: string;
  readonly name: string;
  readonly status: string;
  /** The summary, or the failure message. */
  readonly text: string;
  /**
   * Id of the execution in the service that ran it.
   *
   * @default - it has none
   */
  readonly externalId?: string;
  /** The output variables that later actions can read. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the action showed while it ran; `at` is virtual time in ISO 8601. */
  readonly progress: readonly {
    readonly at: string;
    readonly summary?: string;
    readonly percentComplete?: number;
  }[];
}

/** @returns The report of a rehearsal. */
export function reportOf(
  pushes: readonly (readonly [Push, RehearsedRelease])[],
  {
    seed,
    quick,
    faults = [],
    differences,
    denied = [],
  }: Pick<RehearsalReport, 'seed' | 'quick' | 'faults' | 'differences' | 'denied'>,
): RehearsalReport {
  return {
    seed,
    quick,
    ...(faults.length > 0 && { faults }),
    differences,
    ...(denied.length > 0 && { denied }),
    releases: pushes.map(([push, { commit, execution, environments, notifications }]) => ({
      push,
      commit,
      pipeline: {
        status: execution.status,
        actions: execution.actions.map(actionReport),
      },
      notifications,
      environments,
    })),
  };
}

function actionReport({ action, result, progress }: ActionExecution): ActionReport {
  const { externalId } = { externalId: undefined, ...result };
  return {
    stage: action.stage,
    name: action.name,
    status: result.type,
    text: result.type === 'failed' ? result.message : result.summary,
    ...(externalId === undefined ? {} : { externalId }),
    variables: result.type === 'succeeded' ? result.variables : {},
    progress: progress
      .filter(({ summary, percentComplete }) => summary !== undefined || percentComplete !== undefined)
      .map(({ at, externalId: _, ...shown }) => ({ at: new Date(at).toISOString(), ...shown })),
  };
}

/** @returns The text that is printed at the end of a release. */
export function renderRelease(release: RehearsedRelease): string {
  return [...release.environments.map(renderEnvironment), ...release.notifications.map(renderNotification)].join('\n');
}

/** Number of lines that are shown of a message. */
const SHOWN = 4;

function renderNotification({ at, subject, message, to }: Notification): string {
  const lines = message.split('\n').filter((line) => line.trim());
  const more = lines.length > SHOWN ? [`      (${lines.length - SHOWN} more lines)`] : [];
  return [
    `✉ ${at.slice(11, 19)}  ${subject}`,
    to.length > 0 ? `    to ${to.join(', ')}` : '    not sent: no e-mail address is subscribed ("notify" in cdk.json)',
    ...lines.slice(0, SHOWN).map((line) => `    │ ${line}`),
    ...more,
  ].join('\n');
}

function renderEnvironment({ environment, outcome, serving, traffic }: EnvironmentObservation): string {
  if (!outcome) return `◌ ${environment}: not reached`;
  const lines = [render(outcome)];
  for (const { functionName, alias, version, weights } of serving) {
    const split = Object.entries(weights).map(([other, percent]) => `, v${other} has ${percent} %`);
    lines.push(`  ${functionName}:${alias} now points to v${version}${split.join('')}`);
  }
  if (traffic) {
    lines.push(
      `  traffic: ${(['before', 'during', 'after'] as const).map((when) => `${when} ${tally(traffic[when])}`).join(' · ')}`,
    );
  }
  return lines.join('\n');
}

function tally({ served, failed }: Tally): string {
  return `${served} served, ${failed} failed`;
}

/** @returns The text that is printed at the end of a rehearsal. */
export function renderResult(report: RehearsalReport): string {
  return [renderExpectation(report), ...renderDenied(report.denied ?? [])].join('\n');
}

function renderDenied(denied: readonly Denial[]): readonly string[] {
  if (denied.length === 0) return [];
  return [`! denied: ${denied.length}`, ...denied.map(({ message }) => `  ${message}`)];
}

function renderExpectation({ releases, faults = [], differences }: RehearsalReport): string {
  if (faults.length > 0) {
    const result =
      differences.length === 0
        ? `✔ as expected: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} rehearsed`
        : renderDifferences(differences);
    return [...faults.map(renderFault), '', result].join('\n');
  }
  if (differences.length > 0) return renderDifferences(differences);
  return [
    `✔ as expected: ${releases.length} ${releases.length === 1 ? 'push' : 'pushes'} rehearsed`,
    '  the harmless change was released; the harmful change was rolled back, and the old version serves all traffic',
  ].join('\n');
}

function renderDifferences(differences: readonly string[]): string {
  return ['✖ not as expected:', ...differences.map((each) => `  ${each}`)].join('\n');
}
