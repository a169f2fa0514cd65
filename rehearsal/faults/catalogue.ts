import type { Effect } from '../../embedded-aws/lambda/effect';
import type { Fault, FunctionFault, TrafficFault } from './fault';

/** Invocations after which an environment is out of memory. */
const MEMORY_LASTS = 50;

/** Virtual milliseconds by which a leak makes each request slower than the one before. */
const LEAK = 25;

const MINUTE = 60_000;

/** Every fault that can be rehearsed. */
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
  ofNew('out-of-memory', `each environment runs out of memory after ${MEMORY_LASTS} requests`, ({ served }) =>
    served >= MEMORY_LASTS ? { type: 'is-killed' } : undefined,
  ),
  ofNew('leaks', `leaks: each request takes ${LEAK} ms longer than the one before in its environment`, ({ served }) =>
    waits(served * LEAK),
  ),
  ofNew('fails-on-one-route', 'throws on one route only, the one that traffic asks for least', (asked) =>
    asked.route !== undefined && asked.route === asked.rarestRoute ? throws() : undefined,
  ),
  ofNew('fails-when-warm', 'throws in all requests of an environment but the first', ({ cold }) =>
    cold ? undefined : throws(),
  ),
  ofNew('fails-when-cold', 'throws in the first request of each environment', ({ cold }) =>
    cold ? throws() : undefined,
  ),
  {
    name: 'permission-removed',
    line: 'a permission is removed that the old version still needs, by the stack update that brings the new one',
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
    // What only Node.js reads is not missed by the code.
    const without = variables.find((name) => name !== 'NODE_OPTIONS');
    const message = `environment variable ${without ?? 'TABLE_NAME'} is not set`;
    return { type: 'import-fails', error: { name: 'Error', message }, ...(without === undefined ? {} : { without }) };
  }),
  ofBoth('dependency-down', 'something that both versions need is down from the push until the end', unreachable),
  ofBoth(
    'dependency-outage',
    'something that both versions need is down for two minutes, from a minute after the shift began',
    ({ shifting }) =>
      shifting !== undefined && shifting >= MINUTE && shifting < 3 * MINUTE ? unreachable() : undefined,
  ),
  ofBoth('background-errors', 'both versions throw in 0.1 % of requests', ({ chance }) =>
    chance.next() < 0.001 ? throws() : undefined,
  ),
  ofTraffic('no-traffic', 'nobody comes', () => 0),
  ...[1, 10, 100].map((rate) =>
    ofTraffic(`traffic-${rate}`, `${rate === 1 ? '1 request' : `${rate} requests`} a second`, () => rate),
  ),
  ofTraffic(
    'burst',
    'ten times as many requests for 30 seconds, from two minutes after the shift began',
    (declared, shifting) =>
      shifting !== undefined && shifting >= 2 * MINUTE && shifting < 2.5 * MINUTE ? declared * 10 : declared,
  ),
];

/** @returns the fault of that name, or undefined */
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
