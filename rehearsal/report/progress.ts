import { duration } from '../../release/render';
import type { ActionResult } from '../pipeline/action-runner';
import type { PipelineEvent } from '../pipeline/pipeline-event';
import type { RehearsalEvent } from '../rehearsal';

/** Number of lines that are shown of a failed build's output. */
const SHOWN = 12;

/**
 * Renders the events of a rehearsal as lines of text.
 *
 * @returns A function that renders one event. It remembers the output of running builds, to show it when they fail.
 */
export function progressLines(): (event: RehearsalEvent) => string[] {
  const output = new Map<string, string[]>();
  const summaries = new Map<string, string>();
  return (event) => {
    switch (event.type) {
      case 'opened':
        return [
          `embedded AWS at ${event.endpointUrl}`,
          ...(event.uncommitted.length > 0 ? [uncommittedLine(event.uncommitted.length)] : []),
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
  /** Output of builds, by action. */
  readonly output: Map<string, string[]>;
  /** The last summary that was shown, by action. */
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
      if (event.event.type === 'command-skipped')
        return [`  ${time}    skipped, because of --quick: ${event.event.command}`];
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
      // The failure message of a Lambda action contains the whole outcome.
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

function uncommittedLine(files: number): string {
  const subject = files === 1 ? '1 uncommitted file is' : `${files} uncommitted files are`;
  return `! ${subject} not rehearsed, because a push releases what is committed`;
}

/** @returns The time between two instants in milliseconds, e.g. `1 min 12 s`. */
export function elapsed(since: number, now: number): string {
  return duration((now - since) / 1_000);
}
