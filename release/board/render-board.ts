import type { Unread } from '../outcome/unread';

/** What an environment's dashboard shows next to its graphs. */
export interface Board {
  /** Name of the service's stack. */
  readonly stack: string;
  /** In the order in which they are shown; undefined when they could not be read. */
  readonly alarms: readonly BoardAlarm[] | undefined;
  /** Undefined when it could not be read. */
  readonly last: LastRelease | undefined;
  readonly unread: readonly Unread[];
}

export interface BoardAlarm {
  readonly name: string;
  /** CloudWatch's state: `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  /** ISO 8601. @default - CloudWatch does not say */
  readonly since?: string;
  /** CloudWatch's reason for the state. */
  readonly reason: string;
  /** Its address in the console. @default - the region's console is not known */
  readonly console?: string;
}

/** The newest release in the ledger; instants in ISO 8601. */
export type LastRelease =
  | { readonly type: 'ended'; readonly at: string; readonly headline: string }
  | { readonly type: 'in-progress'; readonly since: string }
  | { readonly type: 'none' };

/**
 * Label of each alarm state, the worst first: a symbol and a word, never colour alone. Other states are shown
 * unchanged.
 */
const STATE_LABELS: Readonly<Record<string, string>> = {
  ALARM: '✖ in alarm',
  INSUFFICIENT_DATA: '○ no data',
  OK: '✔ OK',
};

const STATE_ORDER = Object.keys(STATE_LABELS);

/** @returns The alarms with the worst states first, and by name within a state. */
export function worstFirst(alarms: readonly BoardAlarm[]): BoardAlarm[] {
  const rank = ({ state }: BoardAlarm) => STATE_ORDER.indexOf(state);
  return [...alarms].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** @returns HTML that a custom widget of a CloudWatch dashboard accepts: tables, no scripts. */
export function renderBoard(board: Board): string {
  return [
    board.last && `<p>${lastRelease(board.last)}</p>`,
    board.alarms && alarmTable(board.stack, board.alarms),
    ...board.unread.map(({ what, message }) => `<p>⚠ could not read ${escaped(what)} (${escaped(message)})</p>`),
  ]
    .filter(Boolean)
    .join('\n');
}

function lastRelease(last: LastRelease): string {
  switch (last.type) {
    case 'ended':
      return `Last release, ${instant(last.at)}: <b>${escaped(last.headline)}</b>`;
    case 'in-progress':
      return `A release has been in progress since ${instant(last.since)}`;
    case 'none':
      return 'No release has been recorded yet';
  }
}

function alarmTable(stack: string, alarms: readonly BoardAlarm[]): string {
  if (alarms.length === 0) return `<p>There are no alarms whose name begins with ${escaped(stack)}-</p>`;
  const rows = alarms.map(({ name, state, since, reason, console }) => {
    const link = console ? `<a href="${escaped(console)}">${escaped(name)}</a>` : escaped(name);
    const cells = [escaped(STATE_LABELS[state] ?? state), link, since ? instant(since) : ''];
    return `<tr title="${escaped(reason)}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<table>\n<tr><th>State</th><th>Alarm</th><th>Since</th></tr>\n${rows.join('\n')}\n</table>`;
}

/** @returns An instant to the minute, e.g. `2030-01-01 00:06 UTC`. */
function instant(iso: string): string {
  return escaped(iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2 UTC'));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
