import { cut } from '../render/shorten';
import type { DetailView, FunctionView, ReleaseView, ViewStatus } from './release-view';

interface RenderViewOptions {
  /** Columns of the terminal. Longer lines are cut, because a wrapped line cannot be updated in place. */
  readonly columns: number;
  /** Rows of the terminal. @default - unlimited */
  readonly rows?: number;
  readonly colour: boolean;
}

export const VIEW_SYMBOLS: Readonly<Record<ViewStatus, string>> = {
  good: '✔',
  bad: '✖',
  running: '●',
  waiting: '○',
  skipped: '◌',
  unknown: '?',
};

/** ANSI colour codes. */
const COLOURS: Readonly<Record<ViewStatus, number>> = {
  good: 32,
  bad: 31,
  running: 36,
  waiting: 33,
  skipped: 90,
  unknown: 90,
};

/** Characters of a full bar. */
const BAR_LENGTH = 20;

/** @returns The view as a tree, in lines of at most `columns` characters, without a final line break. */
export function renderView(view: ReleaseView, { columns, rows = Number.POSITIVE_INFINITY, colour }: RenderViewOptions) {
  const lines: Line[] = [
    { status: view.status, text: `${view.stackName}  ${view.word} (${view.stackStatus})  ${view.percentComplete} %` },
    { text: view.summary },
    ...view.functions.flatMap((each, index) => functionLines(each, index === view.functions.length - 1)),
    ...view.notes.map((note) => ({ text: `! ${note}` })),
  ];
  const shown = fitting(lines, rows);
  return shown.map((line) => draw(line, columns, colour)).join('\n');
}

interface Line {
  /** Text before the symbol. @default - nothing */
  readonly branch?: string;
  /** @default - no symbol */
  readonly status?: ViewStatus;
  readonly text: string;
}

function functionLines(view: FunctionView, last: boolean): Line[] {
  const stem = last ? '   ' : '│  ';
  // The most important part comes first, because a narrow terminal cuts the rest.
  const head = [view.name, view.versions, view.deploymentId, view.word, view.deploymentType].filter(Boolean).join('  ');
  return [
    { branch: last ? '└─ ' : '├─ ', status: view.status, text: head },
    { branch: stem, text: `${bar(view.weight)} ${view.weight} %  ${view.standing}` },
    ...view.details.map((each, index) => detailLine(each, stem, index === view.details.length - 1)),
  ];
}

function detailLine({ kind, status, word, text }: DetailView, stem: string, last: boolean): Line {
  return { branch: `${stem}${last ? '└─ ' : '├─ '}`, status, text: `${kind} ${text}  ${word}` };
}

/** @returns E.g. `██░░░░░░░░░░░░░░░░░░`; never empty above 0 %, never full below 100 %. */
function bar(percent: number): string {
  const full = percent >= 100 ? BAR_LENGTH : Math.min(BAR_LENGTH - 1, Math.ceil((percent / 100) * BAR_LENGTH));
  return `${'█'.repeat(full)}${'░'.repeat(BAR_LENGTH - full)}`;
}

/** Lines that do not fit on the screen are counted, so that they are not lost silently. */
function fitting(lines: readonly Line[], rows: number): readonly Line[] {
  if (lines.length <= rows) return lines;
  const kept = Math.max(1, rows - 1);
  return [...lines.slice(0, kept), { text: `… ${lines.length - kept} more lines; enlarge the terminal` }];
}

function draw({ branch = '', status, text }: Line, columns: number, colour: boolean): string {
  const symbol = status ? `${VIEW_SYMBOLS[status]} ` : '';
  const line = cut(`${branch}${symbol}${text}`, Math.max(40, columns));
  if (!colour || !status) return line;
  return line.replace(symbol, `\u001b[${COLOURS[status]}m${VIEW_SYMBOLS[status]}\u001b[0m `);
}
