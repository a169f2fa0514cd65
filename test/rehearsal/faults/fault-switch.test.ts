import { Random } from '../../../embedded-aws/random';
import { faultNamed, faults } from '../../../rehearsal/faults/catalogue';
import { FaultSwitch } from '../../../rehearsal/faults/fault-switch';
import { type Call, call, functionOf, start, versionOf } from './subjects';

const old = versionOf('1', { lastModified: start - 1 });

let now: number;
let faultSwitch: FaultSwitch;

beforeEach(() => {
  now = start;
  faultSwitch = new FaultSwitch({ random: new Random(1), now: () => now });
});

/** Switches a fault on, and begins Deploy. */
function rehearse(name: string): void {
  faultSwitch.on(faultNamed(name)!);
  faultSwitch.deployBegins();
}

function effectOn(props: Call = {}): string | undefined {
  return faultSwitch.interfere(call(props))?.type;
}

/** @returns How many of a thousand invocations are affected. */
function ofThousand(props: Call = {}): number {
  return Array.from({ length: 1_000 }, () => effectOn(props)).filter(Boolean).length;
}

test('every fault has a unique name and a description of one line', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  for (const { name, line } of faults) {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(line).toMatch(/^\S.{4,110}$/);
  }
});

test('only faults that a release does not cause are expected to pass', () => {
  const passing = faults.filter(({ expected }) => expected === 'passed');
  expect(passing.map(({ scope }) => scope).every((scope) => scope === 'both' || scope === 'traffic')).toBe(true);
  expect(faults.filter(({ expected }) => expected === 'caught').map(({ scope }) => scope)).not.toContain('both');
});

describe('a fault of the new version', () => {
  test('affects versions that were published since the push, invoked through the alias or directly', () => {
    rehearse('throws-always');
    expect(effectOn()).toBe('throws');
    expect(effectOn({ direct: true })).toBe('throws');
    expect(effectOn({ version: old })).toBeUndefined();
  });

  test('does not affect functions without an alias, such as hooks', () => {
    rehearse('throws-always');
    expect(effectOn({ owner: { ...functionOf('2'), aliases: new Map() } })).toBeUndefined();
  });

  test('is active from Deploy of the environment with the traffic until it is switched off', () => {
    faultSwitch.on(faultNamed('throws-always')!);
    expect(effectOn()).toBeUndefined();
    faultSwitch.deployBegins();
    expect(faultSwitch.deployBegan).toBe(start);
    expect(effectOn()).toBe('throws');
    faultSwitch.off();
    expect(effectOn()).toBeUndefined();
  });

  test.each([
    ['throws-1-percent', 10],
    ['throws-5-percent', 50],
    ['throws-20-percent', 200],
  ])('%s throws at random', (name, expected) => {
    rehearse(name);
    const found = ofThousand();
    expect(found).toBeGreaterThan(expected * 0.6);
    expect(found).toBeLessThan(expected * 1.5);
  });

  test('random faults are the same for the same seed', () => {
    const series = () => {
      faultSwitch = new FaultSwitch({ random: new Random(3), now: () => now });
      rehearse('throws-20-percent');
      return Array.from({ length: 50 }, () => effectOn());
    };
    expect(series()).toEqual(series());
  });

  test.each([
    ['returns-500', 'answers-500'],
    ['wrong-body', 'loses-content'],
    ['times-out', 'waits'],
  ])('%s always has the effect %s', (name, effect) => {
    rehearse(name);
    expect(ofThousand()).toBe(1_000);
    expect(effectOn()).toBe(effect);
  });

  test.each([
    ['slower-3-times', 20],
    ['slower-10-times', 90],
    ['times-out', 6_000],
  ])('%s waits in addition to the 10 ms that the handler takes', (name, duration) => {
    rehearse(name);
    expect(faultSwitch.interfere(call())).toEqual({ type: 'waits', duration });
  });

  test.each([
    ['fails-when-cold', 'throws', undefined],
    ['fails-when-warm', undefined, 'throws'],
    ['crashes-at-import', 'import-fails', undefined],
    ['variable-missing', 'import-fails', undefined],
  ])('%s depends on whether the execution environment is cold', (name, cold, warm) => {
    rehearse(name);
    expect(effectOn({ cold: true })).toBe(cold);
    expect(effectOn({ cold: false })).toBe(warm);
  });

  test('the missing variable is one of the function, but not one that Node.js reads itself', () => {
    rehearse('variable-missing');
    const error = { name: 'Error', message: 'environment variable TABLE is not set' };
    expect(faultSwitch.interfere(call({ cold: true }))).toEqual({ type: 'import-fails', error, without: 'TABLE' });
  });

  test('each execution environment is out of memory after 50 requests', () => {
    rehearse('out-of-memory');
    const series = Array.from({ length: 51 }, () => effectOn({ environment: 'a' }));
    expect(series.slice(0, 50)).toEqual(Array(50).fill(undefined));
    expect(series[50]).toBe('is-killed');
    expect(effectOn({ environment: 'b' })).toBeUndefined();
  });

  test('a leak makes each request in an execution environment slower', () => {
    rehearse('leaks');
    const waits = [1, 2, 3].map(() => faultSwitch.interfere(call()));
    expect(waits).toEqual([undefined, { type: 'waits', duration: 25 }, { type: 'waits', duration: 50 }]);
  });

  test('the route that fails is the one with the fewest requests', () => {
    for (const route of ['GET /often', 'GET /often', 'GET /seldom']) effectOn({ version: old, route });
    // Invocations by a hook are not traffic.
    effectOn({ version: old, route: 'GET /hook', direct: true });
    rehearse('fails-on-one-route');
    expect(effectOn({ route: 'GET /often' })).toBeUndefined();
    expect(effectOn({ route: 'GET /seldom' })).toBe('throws');
    expect(effectOn({ route: 'GET /hook', direct: true })).toBeUndefined();
  });
});

test('a removed permission fails the old version, not the new one, while the stack has the new code', () => {
  rehearse('permission-removed');
  expect(effectOn({ version: old, owner: functionOf('1') })).toBeUndefined();
  expect(effectOn({ version: old, owner: functionOf('2') })).toBe('throws');
  expect(effectOn({ owner: functionOf('2') })).toBeUndefined();
  // The stack was rolled back.
  expect(effectOn({ version: old, owner: functionOf('1') })).toBeUndefined();
});

describe('a fault of both versions', () => {
  test('a dependency is down for the function with the traffic from the push on, and for others from Deploy on', () => {
    const other = { ...old, functionName: 'shop-other' };
    for (const version of [old, old, other]) effectOn({ version });
    faultSwitch.on(faultNamed('dependency-down')!);
    expect([effectOn({ version: old }), effectOn(), effectOn({ version: other })]).toEqual([
      'throws',
      'throws',
      undefined,
    ]);
    faultSwitch.deployBegins();
    expect([effectOn({ version: old }), effectOn(), effectOn({ version: other })]).toEqual([
      'throws',
      'throws',
      'throws',
    ]);
  });

  test('an outage lasts from the second to the third minute of the shift', () => {
    rehearse('dependency-outage');
    const shifting = functionOf('2', { 2: 0.1 });
    const at = (seconds: number) => effectOn({ version: old, owner: shifting, at: start + seconds * 1_000 });
    expect(effectOn({ version: old, at: start - 999_000 })).toBeUndefined();
    expect([0, 59, 60, 179, 180].map(at)).toEqual([undefined, undefined, 'throws', 'throws', undefined]);
  });

  test('background errors also occur before Deploy', () => {
    faultSwitch.on(faultNamed('background-errors')!);
    const found = Array.from({ length: 10 }, () => ofThousand({ version: old })).reduce((a, b) => a + b);
    expect(found).toBeGreaterThan(3);
    expect(found).toBeLessThan(25);
  });
});

describe('traffic', () => {
  test.each([
    ['no-traffic', 0],
    ['traffic-1', 1],
    ['traffic-10', 10],
    ['traffic-100', 100],
  ])(
    '%s replaces the declared rate from Deploy until it is switched off, and affects no function',
    (name, expected) => {
      faultSwitch.on(faultNamed(name)!);
      expect(faultSwitch.pace(7)).toBe(7);
      faultSwitch.deployBegins();
      expect(faultSwitch.pace(7)).toBe(expected);
      expect(effectOn()).toBeUndefined();
      faultSwitch.off();
      expect(faultSwitch.pace(7)).toBe(7);
    },
  );

  test('a burst begins two minutes after the start of the shift, and lasts half a minute', () => {
    rehearse('burst');
    effectOn({ owner: functionOf('2', { 2: 0.1 }), at: start });
    const paces = [119, 120, 149, 150].map((seconds) => {
      now = start + seconds * 1_000;
      return faultSwitch.pace(7);
    });
    expect(paces).toEqual([7, 70, 70, 7]);
  });

  test("the effect on a request is returned once, by the API's request id, but not for direct invocations", () => {
    rehearse('wrong-body');
    effectOn({ requestId: 'one=' });
    effectOn({ requestId: 'two=', direct: true });
    expect(faultSwitch.met('one=')).toEqual({ type: 'loses-content' });
    expect(faultSwitch.met('one=')).toBeUndefined();
    expect(faultSwitch.met('two=')).toBeUndefined();
  });
});
