import { render } from '../../release/render';
import type { Notification } from '../observe/notifications';
import type { EnvironmentObservation } from '../observe/release-observer';
import type { Tally } from '../observe/traffic';
import type { ActionExecution } from '../pipeline/pipeline-event';
import type { RehearsedRelease } from '../rehearsal';
import type { Push } from './expectation';
import type { FaultOutcome } from './fault-outcome';
import { renderFault } from './fault-report';

/** A whole rehearsal: the same facts that a person reads, for a machine. */
export interface RehearsalReport {
  readonly seed: number;
  /** whether the builds ran their tests */
  readonly quick: boolean;
  readonly releases: readonly ReleaseReport[];
  /** what became of each fault, @default none was rehearsed */
  readonly faults?: readonly FaultOutcome[];
  /** what was not as it must be; empty when the rehearsal succeeded */
  readonly differences: readonly string[];
}

interface ReleaseReport {
  readonly push: Push;
  readonly commit: RehearsedRelease['commit'];
  readonly pipeline: {
    readonly status: string;
    readonly actions: readonly ActionReport[];
  };
  /** what people were told */
  readonly notifications: readonly Notification[];
  readonly environments: readonly EnvironmentObservation[];
}

/** An action as its box in the CodePipeline console shows it. */
interface ActionReport {
  readonly stage: string;
  readonly name: string;
  readonly status: string;
  /** the summary, or the failure message */
  readonly text: string;
  /** of the execution, in the service that ran it */
  readonly externalId?: string;
  /** what later actions could read */
  readonly variables: Readonly<Record<string, string>>;
  /** what it showed while it ran; `at` in ISO 8601, of virtual time */
  readonly progress: readonly {
    readonly at: string;
    readonly summary?: string;
    readonly percentComplete?: number;
  }[];
}

export function reportOf(
  pushes: readonly (readonly [Push, RehearsedRelease])[],
  { seed, quick, faults = [], differences }: Pick<RehearsalReport, 'seed' | 'quick' | 'faults' | 'differences'>,
): RehearsalReport {
  return {
    seed,
    quick,
    ...(faults.length > 0 && { faults }),
    differences,
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

/** @returns the lines with which a release ends */
export function renderRelease(release: RehearsedRelease): string {
  return [...release.environments.map(renderEnvironment), ...release.notifications.map(renderNotification)].join('\n');
}

/** How many lines of a message are shown. */
const SHOWN = 4;

function renderNotification({ at, subject, message, to }: Notification): string {
  const lines = message.split('\n').filter((line) => line.trim());
  const more = lines.length > SHOWN ? [`      (${lines.length - SHOWN} more lines)`] : [];
  return [
    `✉ ${at.slice(11, 19)}  ${subject}`,
    `    to ${to.length > 0 ? to.join(', ') : 'nobody: no address is subscribed'}`,
    ...lines.slice(0, SHOWN).map((line) => `    │ ${line}`),
    ...more,
  ].join('\n');
}

function renderEnvironment({ environment, outcome, serving, traffic }: EnvironmentObservation): string {
  if (!outcome) return `◌ ${environment}: not reached`;
  const lines = [render(outcome)];
  for (const { functionName, alias, version, weights } of serving) {
    const split = Object.entries(weights).map(([other, percent]) => `, v${other} has ${percent} %`);
    lines.push(`  now ${functionName}:${alias} is v${version}${split.join('')}`);
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

/** @returns the last lines of a rehearsal */
export function renderResult({ releases, faults = [], differences }: RehearsalReport): string {
  if (faults.length > 0) {
    const verdict =
      differences.length === 0
        ? `✔ as it must be: ${faults.length === 1 ? 'the fault' : `${faults.length} faults`} ended as it ought to`
        : ['✖ not as it must be:', ...differences.map((each) => `  ${each}`)].join('\n');
    return [...faults.map(renderFault), '', verdict].join('\n');
  }
  if (differences.length === 0) {
    return [
      `✔ as it must be: ${releases.length} pushes rehearsed`,
      '  the harmless change reached everybody; the harmful one was taken back, and nobody is served by it',
    ].join('\n');
  }
  return ['✖ not as it must be:', ...differences.map((each) => `  ${each}`)].join('\n');
}
