import { duration } from '../../release/render';
import type { ActionResult } from '../pipeline/action-runner';
import type { PipelineEvent } from '../pipeline/pipeline-event';
import type { RehearsalEvent } from '../rehearsal';

/** How many lines of a failed build's output are shown. */
const SHOWN = 12;

/**
 * Turns what happens in a rehearsal into lines for a person, as it happens.
 *
 * @returns a function that gives the lines of one event; it remembers the output of the build that runs
 */
export function progressLines(): (event: RehearsalEvent) => string[] {
  const output = new Map<string, string[]>();
  const summaries = new Map<string, string>();
  return (event) => {
    switch (event.type) {
      case 'opened':
        return [
          `embedded AWS at ${event.endpointUrl}`,
          ...(event.uncommitted.length > 0
            ? [`! ${event.uncommitted.length} uncommitted changes take no part: a push releases what is committed`]
            : []),
        ];
      case 'installed':
        return [
          `installed ${event.pipeline.stackName}: ${event.resources} resources`,
          `pipeline ${event.pipeline.name}: ${event.pipeline.stages.map(({ name }) => name).join(' → ')}`,
        ];
      case 'notice':
        return [`! ${event.text}`];
      case 'released':
        return [];
      case 'pipeline-event':
        return pipelineLines(event.event, { output, summaries });
    }
  };
}

interface Memory {
  /** of builds, by action */
  readonly output: Map<string, string[]>;
  /** what was told last, by action */
  readonly summaries: Map<string, string>;
}

function pipelineLines(event: PipelineEvent, { output, summaries }: Memory): string[] {
  const time = new Date(event.at).toISOString().slice(11, 19);
  switch (event.type) {
    case 'execution-started':
      return ['', `▸ push ${event.commit.id.slice(0, 7)}  ${event.commit.subject}`];
    case 'action-started':
      output.set(key(event.action), []);
      summaries.delete(key(event.action));
      return [];
    case 'build-event': {
      const lines = output.get(key(event.action)) ?? [];
      if (event.event.type === 'output') lines.push(event.event.line);
      if (event.event.type === 'command-skipped') return [`  ${time}    not run, as asked: ${event.event.command}`];
      return [];
    }
    case 'action-progress': {
      const { action, summary: text } = event;
      if (text === undefined || summaries.get(key(action)) === text) return [];
      summaries.set(key(action), text);
      return [`  ${time}  … ${label(action)} ${text}`];
    }
    case 'action-ended': {
      const { action, result } = event;
      // A function's failure message holds its whole verdict.
      const [first, ...rest] = summary(result).split('\n');
      const line = `  ${time}  ${symbol(result)} ${label(action)} ${first}`;
      if (result.type !== 'failed') return [line];
      const shown = rest.length > 0 ? rest.slice(0, SHOWN) : (output.get(key(action)) ?? []).slice(-SHOWN);
      return [line, ...shown.map((each) => `              │ ${each}`)];
    }
    default:
      return [];
  }
}

function key({ stage, name }: { readonly stage: string; readonly name: string }): string {
  return `${stage}/${name}`;
}

function label({ stage, name }: { readonly stage: string; readonly name: string }): string {
  return `${stage} / ${name}`.padEnd(46);
}

function symbol({ type }: ActionResult): string {
  return { succeeded: '✔', failed: '✖', reported: '◌' }[type];
}

function summary(result: ActionResult): string {
  if (result.type === 'failed') return result.message;
  if (result.type === 'reported' || !result.build) return result.summary;
  const reports = result.build.reports
    .map(({ group, tests, skipped }) => [group, tests - skipped] as const)
    .filter(([, passed]) => passed > 0);
  return ['succeeded', ...reports.map(([group, passed]) => `${passed} passed (${group})`)].join(', ');
}

/** @returns the time that has passed, e.g. `1 min 12 s` */
export function elapsed(since: number, now: number): string {
  return duration((now - since) / 1_000);
}
