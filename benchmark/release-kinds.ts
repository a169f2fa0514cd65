import { faults } from '../rehearsal/faults/catalogue';
import type { Fault, FunctionFault } from '../rehearsal/faults/fault';

/** One kind of release, which each configuration is asked to deal with. */
export interface Row {
  readonly name: string;
  readonly line: string;
  /** a good release must pass, whatever happens beside it */
  readonly expected: 'caught' | 'passed';
  /** people's requests a second, mean of a Poisson process */
  readonly requestsPerSecond: number;
  /** share of requests in which both versions throw, 0 to 1 */
  readonly background: number;
  /** @default nothing is wrong */
  readonly fault?: Fault;
  /** in which table it stands */
  readonly table: 'faults' | 'good-releases';
}

/** What the sample's traffic.json declares, and the catalogue's faults are rehearsed with. */
const DECLARED = 10;

const RATES = [1, 100];

const BACKGROUNDS = [0, 0.001, 0.01];

/** Beside the catalogue's: an error that Lambda does not count, and not in every request. */
const returnsServerErrors = [5, 20].map(
  (percent): FunctionFault => ({
    name: `returns-500-${percent}-percent`,
    line: `answers ${percent} % of requests with HTTP 500, without throwing`,
    expected: 'caught',
    scope: 'new',
    effect: ({ chance }) => (chance.next() < percent / 100 ? { type: 'answers-500' } : undefined),
  }),
);

const throwing = ['throws-1-percent', 'throws-5-percent', 'throws-20-percent'];

function faulty(fault: Fault, requestsPerSecond = DECLARED): Row {
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

function good(requestsPerSecond: number, background: number): Row {
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

/** Every fault of the catalogue and those above, the share of throws at other rates too, and good releases. */
export const rows: readonly Row[] = [
  ...faults.flatMap((fault) => [
    faulty(fault),
    ...(throwing.includes(fault.name) ? RATES.map((rate) => faulty(fault, rate)) : []),
    ...(fault.name === 'returns-500' ? returnsServerErrors.map((each) => faulty(each)) : []),
  ]),
  ...[10, 100].flatMap((rate) => BACKGROUNDS.map((background) => good(rate, background))),
];

/** Whether a row's releases can harm people by what they bring. */
export function hasExposure(row: Row): boolean {
  return row.expected === 'caught';
}
