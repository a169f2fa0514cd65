import { durations, goodRelease, type Random, stopped } from './chances';
import type { Behaviour } from './modelled-function';

// Few of each, for this runs in every build: chances.e2e.ts has more, docs/hooks.md the figures of 20,000.
describe.each(Object.entries(durations))('with durations that are %s', (_, durationsOf) => {
  test.each([0, 0.001, 0.01])('no good release of 80 is stopped at background errors of %d', async (errors) => {
    expect(await stopped(80, goodRelease(errors, durationsOf))).toBe(0);
  });

  const bad: [string, number, number, (random: Random, takes: () => number) => Behaviour][] = [
    ['fails every request', 1, 1, (_random, takes) => ({ takes, throws: () => true })],
    ['fails on one route', 1, 1, (_random, takes) => ({ takes, throws: ({ check }) => check.name === 'b' })],
    ['fails when cold', 1, 1, (_random, takes) => ({ takes, throws: ({ cold }) => cold })],
    ['fails when warm', 1, 1, (_random, takes) => ({ takes, throws: ({ cold }) => !cold })],
    ['fails 20 % of requests', 0.9, 1, (random, takes) => ({ takes, throws: () => random() < 0.2 })],
    ['fails 5 % of requests', 0.03, 0.45, (random, takes) => ({ takes, throws: () => random() < 0.05 })],
    ['takes ten times as long', 1, 1, (_random, takes) => ({ takes: () => takes() * 10 })],
    ['takes three times as long', 0.65, 1, (_random, takes) => ({ takes: () => takes() * 3 })],
    ['loses its content', 1, 1, (_random, takes) => ({ takes, answers: () => ({ status: 200, body: '{}' }) })],
  ];
  test.each(bad)('a release that %s is stopped in %d to %d of cases', async (_name, least, most, behaviour) => {
    const share = await stopped(30, (random) => {
      const takes = durationsOf(random);
      return { fresh: behaviour(random, takes), baseline: { takes }, past: { requests: 1_200, failed: 0 } };
    });
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });
});
