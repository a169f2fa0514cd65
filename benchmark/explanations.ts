import { boundOf, OURS } from './bounds';
import type { Cell, SafetyComparison } from './comparison';
import { isHarmful } from './release-kinds';
import { percent } from './statistics';

/** Reason why another configuration than `ours` harms the fewest requests with a kind of release. */
interface Explanation {
  readonly kind: string;
  readonly why: string;
}

/** Harm that differs by less than this factor is taken as equal: chance decides. */
const EQUAL = 1.01;

/** Kinds of good releases that show the cost of a configuration; the first that both have played is taken. */
const GOOD_KINDS = ['good-0.1-percent-at-100', 'good-0.1-percent-at-10', 'good-1-percent-at-10'];

/** @returns An explanation for each kind with which another configuration harms fewer requests than `ours`. */
export function explanations({ kinds, cells }: SafetyComparison): readonly Explanation[] {
  const others = new Set(cells.map(({ configuration }) => configuration).filter((name) => !name.startsWith(OURS)));
  return kinds.filter(isHarmful).flatMap((kind): readonly Explanation[] => {
    const ofKind = cells.filter((cell) => cell.row === kind.name);
    const ours = ofKind.find(({ configuration }) => configuration === OURS);
    if (!ours) return [];
    const [best] = ofKind
      .filter((cell) => others.has(cell.configuration) && harm(cell) * EQUAL < harm(ours))
      .sort((a, b) => harm(a) - harm(b));
    if (!best) return [];
    const bound = boundOf(kind);
    const stopsFewer = best.stopped.share < ours.stopped.share;
    const parts = [
      `of the requests that a flat deploy harms, ${best.configuration} harms ${share(best)} and ours ${share(ours)}`,
      ...(stopsFewer
        ? [`it stops only ${percent(best.stopped.share)} of these releases, ours ${percent(ours.stopped.share)}`]
        : []),
      ...(bound ? [bound.why] : []),
      ...costOf(best, cells),
      ...(ours.secondsToRollback !== undefined && best.secondsToRollback !== undefined
        ? [
            `it has rolled back after ${Math.round(best.secondsToRollback)} s, ours after ${Math.round(ours.secondsToRollback)} s`,
          ]
        : []),
    ];
    return [{ kind: kind.name, why: `${parts.join('; ')}.` }];
  });
}

/** @returns How many good releases the other configuration rolls back, where that was played and is more than `ours`. */
function costOf({ configuration }: Cell, cells: readonly Cell[]): readonly string[] {
  const stoppedOf = (name: string, kind: string) =>
    cells.find((cell) => cell.configuration === name && cell.row === kind)?.stopped;
  const kind = GOOD_KINDS.find((name) => stoppedOf(configuration, name) && stoppedOf(OURS, name));
  if (!kind) return [];
  const [theirs, ours] = [stoppedOf(configuration, kind)!, stoppedOf(OURS, kind)!];
  if (theirs.share <= ours.share) return [];
  return [`it also rolls back ${percent(theirs.share)} of good releases (${kind}), ours ${percent(ours.share)}`];
}

function harm({ exposure }: Cell): number {
  return exposure?.mean ?? 0;
}

function share({ exposure }: Cell): string {
  return exposure?.ofFlat === undefined ? `${exposure?.mean ?? 0} requests` : percent(exposure.ofFlat);
}
