import { durations, goodRelease, stopped } from './chances';

test.each(
  Object.entries(durations).flatMap(([name, durationsOf]) =>
    [0, 0.001, 0.01].map((errors) => [name, errors, durationsOf] as const),
  ),
)(
  'of good releases, durations %s, background errors of %d, fewer than two in a thousand are stopped',
  async (...row) => {
    const [, errors, durationsOf] = row;
    expect(await stopped(2_500, goodRelease(errors, durationsOf))).toBeLessThan(0.002);
  },
);
