import type { ReleaseView } from './release-view';
import { renderView } from './render-view';

/** The part of a terminal, file or pipe that is written to. */
export interface TerminalOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Shows a view, and every later one in its place. */
interface Screen {
  show(view: ReleaseView): void;
}

interface ScreenOptions {
  /** Whether the output can be updated in place. */
  readonly live: boolean;
  readonly colour: boolean;
}

/**
 * @param environment Environment variables, as `process.env`. CI disables updates in place so that the log stays
 * readable, NO_COLOR disables colour (https://no-color.org), and a dumb terminal cannot move its cursor.
 */
export function screenOptions(
  output: TerminalOutput,
  environment: Readonly<Record<string, string | undefined>>,
): ScreenOptions {
  const live = output.isTTY === true && !environment.CI && environment.TERM !== 'dumb';
  return { live, colour: live && !environment.NO_COLOR };
}

export function screen(output: TerminalOutput, { live, colour }: ScreenOptions): Screen {
  return live ? new LiveScreen(output, colour) : new LineScreen(output);
}

/** Draws each view over the one before. */
class LiveScreen implements Screen {
  readonly #output: TerminalOutput;
  readonly #colour: boolean;
  #drawn = 0;

  constructor(output: TerminalOutput, colour: boolean) {
    this.#output = output;
    this.#colour = colour;
  }

  show(view: ReleaseView): void {
    const { columns = 80, rows = 24 } = this.#output;
    // The last column and row stay free: a terminal that wraps or scrolls there would move what was drawn.
    const text = renderView(view, { columns: columns - 1, rows: rows - 1, colour: this.#colour });
    const lines = text.split('\n');
    const back = this.#drawn > 0 ? `\u001b[${this.#drawn}A\r` : '';
    this.#output.write(`${back}\u001b[J${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}

/** Writes a line for each change, for logs. */
class LineScreen implements Screen {
  readonly #output: TerminalOutput;
  #before = new Map<string, string>();

  constructor(output: TerminalOutput) {
    this.#output = output;
  }

  show(view: ReleaseView): void {
    const now = linesBySubject(view);
    for (const [key, line] of now) if (this.#before.get(key) !== line) this.#output.write(`${line}\n`);
    this.#before = now;
  }
}

/** @returns The lines that may change, by what they are about. */
function linesBySubject(view: ReleaseView): Map<string, string> {
  const found = new Map<string, string>([['stack', `${view.stackName}  ${view.word} (${view.stackStatus})`]]);
  for (const each of view.functions) {
    found.set(
      each.name,
      `${each.name}  ${each.versions}  ${each.deploymentId}  ${each.word}, ${each.weight} % on the new version`,
    );
    for (const { kind, text, word } of each.details) {
      const subject = text.split(':')[0];
      found.set(`${each.name} ${kind} ${subject}`, `${each.name}  ${kind} ${text}  ${word}`);
    }
  }
  for (const note of view.notes) found.set(note, `! ${note}`);
  return found;
}
