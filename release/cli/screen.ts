import type { ReleaseView } from './release-view';
import { renderView } from './render-view';

/** The part of a terminal, a file or a pipe that is written to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Shows a view, and each later one in its place. */
export interface Screen {
  show(view: ReleaseView): void;
}

export interface ScreenOptions {
  /** whether it may be updated in place */
  readonly live: boolean;
  readonly colour: boolean;
}

/**
 * @param environment as `process.env`: CI keeps a log readable, NO_COLOR is https://no-color.org, and a dumb terminal
 * cannot move its cursor
 */
export function screenOptions(
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
): ScreenOptions {
  const live = output.isTTY === true && !environment.CI && environment.TERM !== 'dumb';
  return { live, colour: live && !environment.NO_COLOR };
}

export function screen(output: Output, { live, colour }: ScreenOptions): Screen {
  return live ? new LiveScreen(output, colour) : new LineScreen(output);
}

/** Draws over what it drew before. */
class LiveScreen implements Screen {
  #drawn = 0;

  constructor(
    private readonly output: Output,
    private readonly colour: boolean,
  ) {}

  show(view: ReleaseView): void {
    const { columns = 80, rows = 24 } = this.output;
    // The last column and row stay free: a terminal that wraps or scrolls there would move what was drawn.
    const text = renderView(view, { columns: columns - 1, rows: rows - 1, colour: this.colour });
    const lines = text.split('\n');
    const back = this.#drawn > 0 ? `\u001b[${this.#drawn}A\r` : '';
    this.output.write(`${back}\u001b[J${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}

/** Writes what has changed, a line each: for logs. */
class LineScreen implements Screen {
  #before = new Map<string, string>();

  constructor(private readonly output: Output) {}

  show(view: ReleaseView): void {
    const now = facts(view);
    for (const [key, line] of now) if (this.#before.get(key) !== line) this.output.write(`${line}\n`);
    this.#before = now;
  }
}

/** @returns what may change, by what it is about */
function facts(view: ReleaseView): Map<string, string> {
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
