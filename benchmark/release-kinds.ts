import { faults } from '../rehearsal/faults/catalogue';
import type { Fault, FunctionFault } from '../rehearsal/faults/fault';

/** One kind of release, which every configuration has to deal with: a fault, or good releases under some conditions. */
export interface ReleaseKind {
  readonly name: string;
  /** Description of one line. */
  readonly line: string;
  /** Result that is right for it: a good release passes, whatever happens at the same time. */
  readonly expected: 'caught' | 'passed';
  /** Users' requests a second, the mean of a Poisson process. */
  readonly requestsPerSecond: number;
  /** Share of requests in which both versions throw, 0 to 1. */
  readonly background: number;
  /** @default - nothing is wrong with the release */
  readonly fault?: Fault;
  /** Group that decides how many releases are played. */
  readonly table: 'faults' | 'good-releases';
}

/** Requests a second that the sample's traffic.json declares, and that the catalogue's faults are rehearsed with. */
const DECLARED = 10;

const OTHER_RATES = [1, 100];

const BACKGROUNDS = [0, 0.001, 0.01];

/** Faults that the catalogue does not have: errors that Lambda does not count, in some of the requests. */
const serverErrors = [5, 20].map(
  (percent): FunctionFault => ({
    name: `returns-500-${percent}-percent`,
    line: `answers ${percent} % of requests with HTTP 500, without throwing`,
    expected: 'caught',
    scope: 'new',
    effect: ({ chance }) => (chance.next() < percent / 100 ? { type: 'answers-500' } : undefined),
  }),
);

/** Faults that are played at every rate. */
const AT_OTHER_RATES = ['throws-1-percent', 'throws-5-percent', 'throws-20-percent'];

function faulty(fault: Fault, requestsPerSecond = DECLARED): ReleaseKind {
  const { name, line, expected } = fault;
  const isDeclared = requestsPerSecond === DECLARED;
  return {
    name: isDeclared ? name : `${name}-at-${requestsPerSecond}`,
    line: isDeclared ? line : `${line}, at ${requestsPerSecond} request${requestsPerSecond === 1 ? '' : 's'} a second`,
    expected,
    requestsPerSecond,
    background: 0,
    fault,
    table: 'faults',
  };
}

function good(requestsPerSecond: number, background: number): ReleaseKind {
  const percent = background * 100;
  return {
    name: `good-${percent}-percent-at-${requestsPerSecond}`,
    line: `nothing is wrong; both versions throw in ${percent} % of requests; ${requestsPerSecond} requests a second`,
    expected: 'passed',
    requestsPerSecond,
    background,
    table: 'good-releases',
  };
}

/** Every fault of the catalogue and those above, some at other rates too, and good releases. */
export const releaseKinds: readonly ReleaseKind[] = [
  ...faults.flatMap((fault) => [
    faulty(fault),
    ...(AT_OTHER_RATES.includes(fault.name) ? OTHER_RATES.map((rate) => faulty(fault, rate)) : []),
    ...(fault.name === 'returns-500' ? serverErrors.map((each) => faulty(each)) : []),
  ]),
  ...[10, 100].flatMap((rate) => BACKGROUNDS.map((background) => good(rate, background))),
];

/** @returns Whether releases of a kind can harm requests by what they bring. */
export function isHarmful({ expected }: ReleaseKind): boolean {
  return expected === 'caught';
}
