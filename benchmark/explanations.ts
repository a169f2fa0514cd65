import { boundOf, OURS } from './bounds';
import type { Cell, Comparison } from './comparison';
import { percent } from './percent';
import { hasExposure } from './release-kinds';

/** Why a row's least exposure is not that of `ours`. */
export interface Explanation {
  readonly row: string;
  readonly why: string;
}

/** Shares of harm that are as good as equal: chance decides between them. */
const EQUAL = 1.01;

/** The rows by which it is told what a configuration costs good releases. */
const GOOD_ROWS = ['good-0.1-percent-at-100', 'good-0.1-percent-at-10', 'good-1-percent-at-10'];

/** @returns for each row in which another configuration harms fewer, why; computed as far as that can be */
export function explanations({ rows, cells }: Comparison): readonly Explanation[] {
  const others = new Set(cells.map(({ configuration }) => configuration).filter((name) => !name.startsWith(OURS)));
  return rows.filter(hasExposure).flatMap((row): readonly Explanation[] => {
    const inRow = cells.filter((cell) => cell.row === row.name);
    const ours = inRow.find(({ configuration }) => configuration === OURS);
    if (!ours) return [];
    const better = inRow
      .filter((cell) => others.has(cell.configuration) && harm(cell) * EQUAL < harm(ours))
      .sort((a, b) => harm(a) - harm(b));
    const [best] = better;
    if (!best) return [];
    const bound = boundOf(row);
    const parts = [
      `${best.configuration} harms ${share(best)}, ours ${share(ours)} of what a flat deploy harms`,
      ...(best.stopped.share < ours.stopped.share
        ? [`it stops only ${percent(best.stopped.share)} of these releases, ours ${percent(ours.stopped.share)}`]
        : []),
      ...(bound ? [bound.why] : []),
      ...costOf(best, cells),
      ...(ours.secondsToRollback !== undefined && best.secondsToRollback !== undefined
        ? [
            `it is back after ${Math.round(best.secondsToRollback)} s, ours after ${Math.round(ours.secondsToRollback)} s`,
          ]
        : []),
    ];
    return [{ row: row.name, why: `${parts.join('; ')}.` }];
  });
}

/** What it costs good releases, where that was played too. */
function costOf({ configuration }: Cell, cells: readonly Cell[]): readonly string[] {
  const of = (name: string, row: string) =>
    cells.find((cell) => cell.configuration === name && cell.row === row)?.stopped;
  const row = GOOD_ROWS.find((name) => of(configuration, name) && of(OURS, name));
  if (!row) return [];
  const [theirs, ours] = [of(configuration, row)!, of(OURS, row)!];
  if (theirs.share <= ours.share) return [];
  return [`it takes back ${percent(theirs.share)} of good releases (${row}), ours ${percent(ours.share)}`];
}

function harm({ exposure }: Cell): number {
  return exposure?.mean ?? 0;
}

function share({ exposure }: Cell): string {
  return exposure?.ofFlat === undefined ? `${exposure?.mean ?? 0} requests` : percent(exposure.ofFlat);
}
