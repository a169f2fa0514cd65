import type { Unread } from '../collect/reading';

/** What an environment's dashboard shows beside its graphs. */
export interface Board {
  /** the service's stack */
  readonly stack: string;
  /** in the order in which they are shown; undefined when they could not be read */
  readonly alarms: readonly BoardAlarm[] | undefined;
  /** undefined when it could not be read */
  readonly last: LastRelease | undefined;
  readonly unread: readonly Unread[];
}

export interface BoardAlarm {
  readonly name: string;
  /** as CloudWatch says it: `OK`, `ALARM` or `INSUFFICIENT_DATA` */
  readonly state: string;
  /** ISO 8601, @default CloudWatch does not say */
  readonly since?: string;
  /** why it is in its state, in CloudWatch's words */
  readonly reason: string;
  /** its address in the console, @default the region's console is not known */
  readonly console?: string;
}

/** What the ledger has of the newest release; instants in ISO 8601. */
export type LastRelease =
  | { readonly type: 'ended'; readonly at: string; readonly headline: string }
  | { readonly type: 'in-progress'; readonly since: string }
  | { readonly type: 'none' };

/** A symbol and words for each state of an alarm, the worst first: never colour alone. Others are shown as they are. */
const states: Readonly<Record<string, string>> = {
  ALARM: '✖ in alarm',
  INSUFFICIENT_DATA: '○ no data',
  OK: '✔ OK',
};

const order = Object.keys(states);

/** @returns the alarms with the worst first, those of one state by name */
export function worstFirst(alarms: readonly BoardAlarm[]): BoardAlarm[] {
  const rank = ({ state }: BoardAlarm) => (order.includes(state) ? order.indexOf(state) : -1);
  return [...alarms].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** @returns HTML as a custom widget of a CloudWatch dashboard takes it: tables, no scripts */
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
      return `A release is in progress since ${instant(last.since)}`;
    case 'none':
      return 'No release is written down yet';
  }
}

function alarmTable(stack: string, alarms: readonly BoardAlarm[]): string {
  if (alarms.length === 0) return `<p>No alarm's name begins with ${escaped(stack)}-</p>`;
  const rows = alarms.map(({ name, state, since, reason, console }) => {
    const link = console ? `<a href="${escaped(console)}">${escaped(name)}</a>` : escaped(name);
    const cells = [escaped(states[state] ?? state), link, since ? instant(since) : ''];
    return `<tr title="${escaped(reason)}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<table>\n<tr><th>State</th><th>Alarm</th><th>Since</th></tr>\n${rows.join('\n')}\n</table>`;
}

/** To the minute. */
function instant(iso: string): string {
  return escaped(iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2 UTC'));
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] as string);
}
