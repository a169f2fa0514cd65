import { rows } from '../../benchmark/release-kinds';
import { faults } from '../../rehearsal/faults/catalogue';
import { hooksOnly, play } from './small-comparison';

test('there is a row for every fault that can be rehearsed, with what is expected of it', () => {
  for (const fault of faults)
    expect(rows.find(({ name }) => name === fault.name)).toMatchObject({ fault, expected: fault.expected });
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

test('the same seed plays the same release, another seed another', async () => {
  const [once, again, other] = await Promise.all(
    [1, 1, 2].map((seed) => play('throws-5-percent', 'sam-pair', { seed })),
  );
  expect(again).toEqual(once);
  expect(other!.harm).not.toEqual(once!.harm);
});

test('the same people come whatever the configuration, until one is over sooner', async () => {
  const [flat, canary] = await Promise.all([play('throws-always', 'flat'), play('throws-always', 'cdk-plain')]);
  // The stack's update makes an alarm in some configurations: people stay the same, the end of the count may move by that.
  expect(canary.harm.requests).toBe(flat.harm.requests);
  expect(canary.caught).toBe(false);
  // For five of twenty minutes the canary keeps nine tenths of it away.
  expect(canary.harm.harmed / flat.harm.harmed).toBeCloseTo(1 - (0.9 * 5) / 20, 1);
});

test('an alarm on the first server error takes a linear shift back, and says which alarm it was', async () => {
  const release = await play('throws-always', 'php-post');
  expect(release).toMatchObject({ caught: true, by: { type: 'alarms', names: ['api-5xx'] } });
  expect(release.weight).toBeLessThanOrEqual(30);
  expect(release.secondsToRollback).toBeGreaterThan(15);
  expect(release.secondsToRollback).toBeLessThan(160);
  expect(release.harm.wrong).toBe(release.harm.harmed);
});

test('the minimum of errors never tells of a version that fails, because the other one answers', async () => {
  expect(await play('throws-always', 'article-attached')).toMatchObject({ caught: false, weight: 100 });
});

test('an alarm that is red before the deployment begins stops it before anybody is asked', async () => {
  const release = await play('good-1-percent-at-100', 'php-post', { untilHorizon: false });
  expect(release).toMatchObject({ caught: true, weight: 0, secondsToRollback: 0 });
});

test('hooks that ask stop what fails always, before the first request', async () => {
  const release = await play('returns-500', hooksOnly, { untilHorizon: false });
  expect(release).toMatchObject({ caught: true, weight: 0, harm: { harmed: 0 } });
  expect(release.by).toMatchObject({ type: 'hook', event: 'BeforeAllowTraffic' });
});

test('a permission that the old version needs harms it until the update has been taken back', async () => {
  const [watched, unwatched] = await Promise.all([
    play('permission-removed', hooksOnly),
    play('permission-removed', 'cdk-plain'),
  ]);
  expect(watched).toMatchObject({ caught: true, weight: 0 });
  expect(watched.harm.harmed).toBeGreaterThan(100);
  expect(unwatched.harm.harmed).toBeGreaterThan(5 * watched.harm.harmed);
});

test('the post hook makes the traffic that nobody brings, and the release passes', async () => {
  const release = await play('no-traffic', hooksOnly, { untilHorizon: false });
  expect(release).toMatchObject({ caught: false, harm: { requests: 0 } });
  const post = release.hooks.find(({ event }) => event === 'AfterAllowTraffic')!;
  expect(post.calls).toBeGreaterThan(50);
  // Somebody has come meanwhile: at ten requests a second the new version has answered enough.
  const busy = await play('good-0-percent-at-10', hooksOnly, { untilHorizon: false });
  expect(busy.hooks.find(({ event }) => event === 'AfterAllowTraffic')!.calls).toBeLessThan(10);
});
