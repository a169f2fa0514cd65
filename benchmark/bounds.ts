import type { Cell, SafetyComparison } from './comparison';
import type { ReleaseKind } from './release-kinds';

/** The configuration to which the bounds apply. */
export const OURS = 'ours';

interface Bound {
  /** Share of releases with this fault that may pass, 0 to 1; 1 claims nothing. */
  readonly mayPass: number;
  /** Reason why it may pass, as a clause. */
  readonly why: string;
}

const BOUNDS: Readonly<Record<string, Bound>> = {
  'throws-1-percent': {
    mayPass: 0.5,
    why: 'the new version answers 300 requests during the shift, of which about 3 fail',
  },
  'throws-1-percent-at-1': {
    mayPass: 1,
    why: 'the new version answers 30 requests during the shift, and in most releases none of them fails',
  },
  'throws-5-percent-at-1': {
    mayPass: 0.5,
    why: 'the new version answers 30 requests during the shift, of which one or two fail',
  },
  'throws-20-percent-at-1': {
    mayPass: 0.05,
    why: 'the new version answers 30 requests during the shift, of which about 6 fail, but sometimes only one or two',
  },
  'throws-5-percent': {
    mayPass: 0.01,
    why: 'the new version answers 300 requests during the shift, of which about 15 fail, but sometimes only a few',
  },
  'returns-500-5-percent': {
    mayPass: 0.5,
    why: 'Lambda does not count these errors, and the API counts both versions together: they are 0.5 % of its answers',
  },
};

/** Share of good releases that may be stopped, for a busy service with few errors. */
const GOOD = { kind: 'good-0.1-percent-at-100', mayBeStopped: 0.01 };

/** From this many releases on, the observed share is compared with a bound; below, the end of its interval that is nearer. */
const ENOUGH = 500;

/** @returns The bound of a fault that may pass sometimes, undefined for a fault that must always be stopped. */
export function boundOf({ name }: ReleaseKind): Bound | undefined {
  return BOUNDS[name];
}

/** @returns A line for each bound that `ours` does not meet. */
export function shortcomings({ kinds, cells }: SafetyComparison): readonly string[] {
  return cells
    .filter(({ configuration }) => configuration === OURS)
    .flatMap((cell) => {
      const kind = kinds.find(({ name }) => name === cell.row)!;
      return kind.expected === 'caught' ? passesTooOften(kind, cell) : isStoppedTooOften(kind, cell);
    });
}

function passesTooOften(kind: ReleaseKind, { stopped }: Cell): readonly string[] {
  const { mayPass = 0 } = boundOf(kind) ?? {};
  const passed = stopped.of - stopped.count;
  const share = stopped.of < ENOUGH ? 1 - stopped.high : 1 - stopped.share;
  if (mayPass === 0 ? passed === 0 : share <= mayPass) return [];
  return [`${kind.name}: ${passed} of ${stopped.of} bad releases passed; at most ${mayPass * 100} % may`];
}

function isStoppedTooOften(kind: ReleaseKind, { stopped }: Cell): readonly string[] {
  if (kind.name !== GOOD.kind) return [];
  const share = stopped.of < ENOUGH ? stopped.low : stopped.share;
  if (share < GOOD.mayBeStopped) return [];
  return [
    `${kind.name}: ${stopped.count} of ${stopped.of} good releases were stopped; fewer than ${GOOD.mayBeStopped * 100} % may be`,
  ];
}
