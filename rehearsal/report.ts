import { render } from '../release/render';
import type { Push } from './expectation';
import type { ActionResult } from './pipeline/action-runner';
import type { RehearsedRelease } from './rehearsal';
import type { EnvironmentObservation } from './release-observer';
import type { Tally } from './traffic';

/** A whole rehearsal: the same facts that a person reads, for a machine. */
export interface Report {
  readonly seed: number;
  /** whether the builds ran their tests */
  readonly quick: boolean;
  readonly releases: readonly ReleaseReport[];
  /** what was not as it must be; empty when the rehearsal succeeded */
  readonly differences: readonly string[];
}

interface ReleaseReport {
  readonly push: Push;
  readonly commit: RehearsedRelease['commit'];
  readonly pipeline: {
    readonly status: string;
    readonly actions: readonly {
      readonly stage: string;
      readonly name: string;
      readonly status: string;
      readonly text: string;
    }[];
  };
  readonly environments: readonly EnvironmentObservation[];
}

export function reportOf(
  pushes: readonly (readonly [Push, RehearsedRelease])[],
  { seed, quick, differences }: Pick<Report, 'seed' | 'quick' | 'differences'>,
): Report {
  return {
    seed,
    quick,
    differences,
    releases: pushes.map(([push, { commit, execution, environments }]) => ({
      push,
      commit,
      pipeline: {
        status: execution.status,
        actions: execution.actions.map(({ action, result }) => ({
          stage: action.stage,
          name: action.name,
          status: result.type,
          text: textOf(result),
        })),
      },
      environments,
    })),
  };
}

function textOf(result: ActionResult): string {
  return result.type === 'failed' ? result.message : result.summary;
}

/** @returns the lines with which a release ends */
export function renderRelease(release: RehearsedRelease): string {
  return release.environments.map(renderEnvironment).join('\n');
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
export function renderVerdict({ releases, differences }: Report): string {
  if (differences.length === 0) {
    return [
      `✔ as it must be: ${releases.length} pushes rehearsed`,
      '  the harmless change reached everybody; the harmful one was taken back, and nobody is served by it',
    ].join('\n');
  }
  return ['✖ not as it must be:', ...differences.map((each) => `  ${each}`)].join('\n');
}
