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

/** Switches a fault on; the Deploy that it waits for begins at once. */
function rehearse(name: string): void {
  faultSwitch.on(faultNamed(name)!);
  faultSwitch.deployBegins();
}

function meets(props: Call = {}): string | undefined {
  return faultSwitch.interfere(call(props))?.type;
}

/** @returns how many of a thousand calls meet the fault */
function ofThousand(props: Call = {}): number {
  return Array.from({ length: 1_000 }, () => meets(props)).filter(Boolean).length;
}

test('every fault has a name of its own and a line', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  for (const { name, line } of faults) {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(line).toMatch(/^\S.{4,110}$/);
  }
});

test('what is not the fault of a release is to pass, all else is to be caught', () => {
  const passing = faults.filter(({ expected }) => expected === 'passed');
  expect(passing.map(({ scope }) => scope).every((scope) => scope === 'both' || scope === 'traffic')).toBe(true);
  expect(faults.filter(({ expected }) => expected === 'caught').map(({ scope }) => scope)).not.toContain('both');
});

describe('a fault of the new version', () => {
  test('befalls what was published since the push, through the alias and past it', () => {
    rehearse('throws-always');
    expect(meets()).toBe('throws');
    expect(meets({ direct: true })).toBe('throws');
    expect(meets({ version: old })).toBeUndefined();
  });

  test('befalls nothing that is not behind an alias, as hooks are not', () => {
    rehearse('throws-always');
    expect(meets({ owner: { ...functionOf('2'), aliases: new Map() } })).toBeUndefined();
  });

  test('waits for Deploy of the environment that has the traffic, and ends when it is switched off', () => {
    faultSwitch.on(faultNamed('throws-always')!);
    expect(meets()).toBeUndefined();
    faultSwitch.deployBegins();
    expect(faultSwitch.deployBegan).toBe(start);
    expect(meets()).toBe('throws');
    faultSwitch.off();
    expect(meets()).toBeUndefined();
  });

  test.each([
    ['throws-1-percent', 10],
    ['throws-5-percent', 50],
    ['throws-20-percent', 200],
  ])('%s does so by chance', (name, expected) => {
    rehearse(name);
    const found = ofThousand();
    expect(found).toBeGreaterThan(expected * 0.6);
    expect(found).toBeLessThan(expected * 1.5);
  });

  test('chance is the same for the same seed', () => {
    const series = () => {
      faultSwitch = new FaultSwitch({ random: new Random(3), now: () => now });
      rehearse('throws-20-percent');
      return Array.from({ length: 50 }, () => meets());
    };
    expect(series()).toEqual(series());
  });

  test.each([
    ['returns-500', 'answers-500'],
    ['wrong-body', 'loses-content'],
    ['times-out', 'waits'],
  ])('%s: the handler %s, always', (name, effect) => {
    rehearse(name);
    expect(ofThousand()).toBe(1_000);
    expect(meets()).toBe(effect);
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
  ])('%s goes by the age of the environment', (name, cold, warm) => {
    rehearse(name);
    expect(meets({ cold: true })).toBe(cold);
    expect(meets({ cold: false })).toBe(warm);
  });

  test('a missing variable is one that the function has, but none that Node.js reads itself', () => {
    rehearse('variable-missing');
    const error = { name: 'Error', message: 'environment variable TABLE is not set' };
    expect(faultSwitch.interfere(call({ cold: true }))).toEqual({ type: 'import-fails', error, without: 'TABLE' });
  });

  test('an environment is out of memory after 50 requests, each for itself', () => {
    rehearse('out-of-memory');
    const series = Array.from({ length: 51 }, () => meets({ environment: 'a' }));
    expect(series.slice(0, 50)).toEqual(Array(50).fill(undefined));
    expect(series[50]).toBe('is-killed');
    expect(meets({ environment: 'b' })).toBeUndefined();
  });

  test('a leak slows an environment with each request', () => {
    rehearse('leaks');
    const waits = [1, 2, 3].map(() => faultSwitch.interfere(call()));
    expect(waits).toEqual([undefined, { type: 'waits', duration: 25 }, { type: 'waits', duration: 50 }]);
  });

  test('the one route that fails is that which traffic asked for least', () => {
    for (const route of ['GET /often', 'GET /often', 'GET /seldom']) meets({ version: old, route });
    // A hook's calls are no traffic.
    meets({ version: old, route: 'GET /hook', direct: true });
    rehearse('fails-on-one-route');
    expect(meets({ route: 'GET /often' })).toBeUndefined();
    expect(meets({ route: 'GET /seldom' })).toBe('throws');
    expect(meets({ route: 'GET /hook', direct: true })).toBeUndefined();
  });
});

test('a permission that is removed fails the old version while the stack has the new code, and not the new version', () => {
  rehearse('permission-removed');
  expect(meets({ version: old, owner: functionOf('1') })).toBeUndefined();
  expect(meets({ version: old, owner: functionOf('2') })).toBe('throws');
  expect(meets({ owner: functionOf('2') })).toBeUndefined();
  // The stack was rolled back.
  expect(meets({ version: old, owner: functionOf('1') })).toBeUndefined();
});

describe('a fault of both versions', () => {
  test('a dependency that is down fails the function with the traffic from the push on, and others from Deploy on', () => {
    const other = { ...old, functionName: 'shop-other' };
    for (const version of [old, old, other]) meets({ version });
    faultSwitch.on(faultNamed('dependency-down')!);
    expect([meets({ version: old }), meets(), meets({ version: other })]).toEqual(['throws', 'throws', undefined]);
    faultSwitch.deployBegins();
    expect([meets({ version: old }), meets(), meets({ version: other })]).toEqual(['throws', 'throws', 'throws']);
  });

  test('an outage lasts from a minute after traffic began to shift to three', () => {
    rehearse('dependency-outage');
    const shifting = functionOf('2', { 2: 0.1 });
    const at = (seconds: number) => meets({ version: old, owner: shifting, at: start + seconds * 1_000 });
    expect(meets({ version: old, at: start - 999_000 })).toBeUndefined();
    expect([0, 59, 60, 179, 180].map(at)).toEqual([undefined, undefined, 'throws', 'throws', undefined]);
  });

  test('errors in the background are there before Deploy, too', () => {
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
    '%s replaces what is declared, from Deploy until it is switched off, and befalls no function',
    (name, expected) => {
      faultSwitch.on(faultNamed(name)!);
      expect(faultSwitch.pace(7)).toBe(7);
      faultSwitch.deployBegins();
      expect(faultSwitch.pace(7)).toBe(expected);
      expect(meets()).toBeUndefined();
      faultSwitch.off();
      expect(faultSwitch.pace(7)).toBe(7);
    },
  );

  test('a burst comes two minutes after traffic began to shift, for half a minute', () => {
    rehearse('burst');
    meets({ owner: functionOf('2', { 2: 0.1 }), at: start });
    const paces = [119, 120, 149, 150].map((seconds) => {
      now = start + seconds * 1_000;
      return faultSwitch.pace(7);
    });
    expect(paces).toEqual([7, 70, 70, 7]);
  });

  test('what befell a request is told once, by the id that the API gave it, and not of what was invoked past it', () => {
    rehearse('wrong-body');
    meets({ requestId: 'one=' });
    meets({ requestId: 'two=', direct: true });
    expect(faultSwitch.met('one=')).toEqual({ type: 'loses-content' });
    expect(faultSwitch.met('one=')).toBeUndefined();
    expect(faultSwitch.met('two=')).toBeUndefined();
  });
});
