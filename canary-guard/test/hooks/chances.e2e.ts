import { durations, goodRelease, type RandomSource, stopped } from './chances';
import type { Behaviour } from './modelled-function';

// docs/hooks.md has the figures of 20,000 good releases and 2,000 bad ones.
describe.each(Object.entries(durations))('with durations that are %s', (_, durationsOf) => {
  test.each([0, 0.001, 0.01])(
    'of good releases, at background errors of %d, fewer than two in a thousand are stopped',
    async (errors) => {
      expect(await stopped(2_500, goodRelease(errors, durationsOf))).toBeLessThan(0.002);
    },
  );

  const bad: [string, number, number, (random: RandomSource, takes: () => number) => Behaviour][] = [
    ['fails every request', 1, 1, (_random, takes) => ({ takes, throws: () => true })],
    ['fails on one route', 1, 1, (_random, takes) => ({ takes, throws: ({ check }) => check.name === 'b' })],
    ['fails when cold', 1, 1, (_random, takes) => ({ takes, throws: ({ cold }) => cold })],
    ['fails when warm', 1, 1, (_random, takes) => ({ takes, throws: ({ cold }) => !cold })],
    ['fails 20 % of requests', 0.9, 1, (random, takes) => ({ takes, throws: () => random() < 0.2 })],
    ['fails 5 % of requests', 0.03, 0.3, (random, takes) => ({ takes, throws: () => random() < 0.05 })],
    ['takes ten times as long', 1, 1, (_random, takes) => ({ takes: () => takes() * 10 })],
    ['takes three times as long', 0.7, 1, (_random, takes) => ({ takes: () => takes() * 3 })],
    ['loses its content', 1, 1, (_random, takes) => ({ takes, answers: () => ({ status: 200, body: '{}' }) })],
  ];
  test.each(bad)('a release that %s is stopped in %d to %d of cases', async (_name, least, most, behaviour) => {
    const share = await stopped(100, (random) => {
      const takes = durationsOf(random);
      return { newVersion: behaviour(random, takes), baseline: { takes }, history: { requests: 1_200, failed: 0 } };
    });
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });
});
