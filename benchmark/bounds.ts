import type { Cell, Comparison } from './comparison';
import type { Row } from './release-kinds';

/** The configuration that is held to the bounds. */
export const OURS = 'ours';

interface Bound {
  /** share of releases with this fault that may reach everybody, 0 to 1; 1 claims nothing */
  readonly mayPass: number;
  readonly why: string;
}

const BOUNDS: Readonly<Record<string, Bound>> = {
  'throws-1-percent': {
    mayPass: 0.5,
    why: 'a tenth of 10 requests a second for five minutes are 300, of which 3 fail',
  },
  'throws-1-percent-at-1': {
    mayPass: 1,
    why: 'the new version answers 30 requests, and in most releases none of them fails',
  },
  'throws-5-percent-at-1': { mayPass: 0.5, why: 'the new version answers 30 requests, of which one or two fail' },
  'throws-20-percent-at-1': {
    mayPass: 0.05,
    why: 'the new version answers 30 requests, of which six fail, or by chance one or two',
  },
  'throws-5-percent': {
    mayPass: 0.01,
    why: 'the new version answers 300 requests, of which 15 fail, or by chance few',
  },
  'returns-500-5-percent': {
    mayPass: 0.5,
    why: 'Lambda does not count these, and the API cannot tell its versions apart: 0.5 % of its answers',
  },
};

/** Good releases that may be stopped, of the row that stands for a busy service with few errors. */
const GOOD = { row: 'good-0.1-percent-at-100', bound: 0.01 };

/** From this many releases on the observed share itself is held to a bound; of fewer, the end of the interval that is nearer to it. */
const ENOUGH = 500;

/** @returns why a fault may pass, @default it may not */
export function boundOf(row: Row): Bound | undefined {
  return BOUNDS[row.name];
}

/** @returns in what `ours` is not as it ought to be, in words */
export function shortcomings({ rows, cells }: Comparison): readonly string[] {
  return cells
    .filter(({ configuration }) => configuration === OURS)
    .flatMap((cell) => {
      const row = rows.find(({ name }) => name === cell.row)!;
      return row.expected === 'caught' ? passesTooOften(row, cell) : stopsTooOften(row, cell);
    });
}

function passesTooOften(row: Row, { stopped }: Cell): readonly string[] {
  const { mayPass = 0 } = boundOf(row) ?? {};
  const passed = stopped.of - stopped.count;
  const share = stopped.of < ENOUGH ? 1 - stopped.high : 1 - stopped.share;
  if (mayPass === 0 ? passed === 0 : share <= mayPass) return [];
  return [`${row.name}: ${passed} of ${stopped.of} reached everybody, at most ${mayPass * 100} % may`];
}

function stopsTooOften(row: Row, { stopped }: Cell): readonly string[] {
  if (row.name !== GOOD.row) return [];
  const share = stopped.of < ENOUGH ? stopped.low : stopped.share;
  if (share < GOOD.bound) return [];
  return [
    `${row.name}: ${stopped.count} of ${stopped.of} good releases were stopped, ${GOOD.bound * 100} % are too many`,
  ];
}
