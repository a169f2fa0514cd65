import type { Effect } from '../../embedded-aws/lambda/effect';
import type { Fault, FunctionFault, TrafficFault } from './fault';

/** Number of invocations after which an execution environment is out of memory. */
const INVOCATIONS_UNTIL_OUT_OF_MEMORY = 50;

/** Virtual milliseconds by which a leak makes each request slower than the one before. */
const LEAK = 25;

/** Milliseconds. */
const MINUTE = 60_000;

/** All faults that can be rehearsed. */
export const faults: readonly Fault[] = [
  ofNew('throws-always', 'throws in every request', throws),
  ...[1, 5, 20].map((percent) =>
    ofNew(`throws-${percent}-percent`, `throws in ${percent} % of requests`, ({ chance }) =>
      chance.next() < percent / 100 ? throws() : undefined,
    ),
  ),
  ofNew('returns-500', 'answers every request with HTTP 500, without throwing', () => ({ type: 'answers-500' })),
  ofNew('wrong-body', 'answers with status 200 and a body without its content', () => ({ type: 'loses-content' })),
  ...[3, 10].map((factor) =>
    ofNew(`slower-${factor}-times`, `takes ${factor} times as long`, ({ duration }) => waits(duration * (factor - 1))),
  ),
  ofNew('times-out', 'never answers: every request runs into the timeout', ({ timeout }) => waits(timeout)),
  ofNew('crashes-at-import', 'its module throws while it is imported', () => ({
    type: 'import-fails',
    error: { name: 'TypeError', message: "Cannot read properties of undefined (reading 'default')" },
  })),
  ofNew(
    'out-of-memory',
    `each execution environment runs out of memory after ${INVOCATIONS_UNTIL_OUT_OF_MEMORY} requests`,
    ({ served }) => (served >= INVOCATIONS_UNTIL_OUT_OF_MEMORY ? { type: 'is-killed' } : undefined),
  ),
  ofNew(
    'leaks',
    `each request takes ${LEAK} ms longer than the one before in its execution environment`,
    ({ served }) => waits(served * LEAK),
  ),
  ofNew('fails-on-one-route', 'throws on one route only, the one with the fewest requests', ({ route, rarestRoute }) =>
    route !== undefined && route === rarestRoute ? throws() : undefined,
  ),
  ofNew('fails-when-warm', 'throws in all requests but the first of each execution environment', ({ cold }) =>
    cold ? undefined : throws(),
  ),
  ofNew('fails-when-cold', 'throws in the first request of each execution environment', ({ cold }) =>
    cold ? throws() : undefined,
  ),
  {
    name: 'permission-removed',
    line: 'the stack update with the new version removes a permission that the old version still needs',
    expected: 'caught',
    scope: 'old',
    effect: () => ({
      type: 'throws',
      error: {
        name: 'AccessDeniedException',
        message: 'User is not authorized to perform this action because no identity-based policy allows the action',
      },
    }),
  },
  ofNew('variable-missing', 'an environment variable is not set, so that its module fails to load', ({ variables }) => {
    // Only Node.js itself reads NODE_OPTIONS, so code does not fail without it.
    const without = variables.find((name) => name !== 'NODE_OPTIONS');
    const message = `environment variable ${without ?? 'TABLE_NAME'} is not set`;
    return { type: 'import-fails', error: { name: 'Error', message }, ...(without === undefined ? {} : { without }) };
  }),
  ofBoth('dependency-down', 'a dependency of both versions is down from the push until the end', unreachable),
  ofBoth(
    'dependency-outage',
    'a dependency of both versions is down for two minutes, beginning one minute after the start of the shift',
    ({ shifting }) =>
      shifting !== undefined && shifting >= MINUTE && shifting < 3 * MINUTE ? unreachable() : undefined,
  ),
  ofBoth('background-errors', 'both versions throw in 0.1 % of requests', ({ chance }) =>
    chance.next() < 0.001 ? throws() : undefined,
  ),
  ofTraffic('no-traffic', 'no requests', () => 0),
  ...[1, 10, 100].map((rate) =>
    ofTraffic(`traffic-${rate}`, `${rate === 1 ? '1 request' : `${rate} requests`} per second`, () => rate),
  ),
  ofTraffic(
    'burst',
    'ten times as many requests for 30 seconds, beginning two minutes after the start of the shift',
    (declared, shifting) =>
      shifting !== undefined && shifting >= 2 * MINUTE && shifting < 2.5 * MINUTE ? declared * 10 : declared,
  ),
];

/** @returns The fault with that name. Undefined if there is none. */
export function faultNamed(name: string): Fault | undefined {
  return faults.find((fault) => fault.name === name);
}

function ofNew(name: string, line: string, effect: FunctionFault['effect']): FunctionFault {
  return { name, line, expected: 'caught', scope: 'new', effect };
}

function ofBoth(name: string, line: string, effect: FunctionFault['effect']): FunctionFault {
  return { name, line, expected: 'passed', scope: 'both', effect };
}

function ofTraffic(name: string, line: string, pace: TrafficFault['pace']): TrafficFault {
  return { name, line, expected: 'passed', scope: 'traffic', pace };
}

function throws(): Effect {
  return { type: 'throws', error: { name: 'Error', message: 'a fault of the rehearsal' } };
}

function unreachable(): Effect {
  return { type: 'throws', error: { name: 'Error', message: 'connect ECONNREFUSED 10.0.0.7:5432' } };
}

function waits(duration: number): Effect | undefined {
  return duration > 0 ? { type: 'waits', duration } : undefined;
}
