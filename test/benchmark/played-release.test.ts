import { releaseKinds } from '../../benchmark/release-kinds';
import { faults } from '../../rehearsal/faults/catalogue';
import { hooksOnly, play } from './small-comparison';

test('there is a kind of release for every fault of the catalogue, with the result that is right for it', () => {
  for (const fault of faults)
    expect(releaseKinds.find(({ name }) => name === fault.name)).toMatchObject({ fault, expected: fault.expected });
  expect(new Set(releaseKinds.map(({ name }) => name)).size).toBe(releaseKinds.length);
});

test('the same seed plays the same release, another seed another one', async () => {
  const [once, again, other] = await Promise.all(
    [1, 1, 2].map((seed) => play('throws-5-percent', 'sam-pair', { seed })),
  );
  expect(again).toEqual(once);
  expect(other!.harm).not.toEqual(once!.harm);
});

test('the same requests come whatever the configuration', async () => {
  const [flat, canary] = await Promise.all([play('throws-always', 'flat'), play('throws-always', 'cdk-plain')]);
  expect(canary.harm.requests).toBe(flat.harm.requests);
  expect(canary.caught).toBe(false);
  // For five of twenty minutes the canary keeps nine tenths of the traffic on the old version.
  expect(canary.harm.harmed / flat.harm.harmed).toBeCloseTo(1 - (0.9 * 5) / 20, 1);
});

test('an alarm on the first server error rolls a linear shift back, and the result names the alarm', async () => {
  const release = await play('throws-always', 'php-post');
  expect(release).toMatchObject({ caught: true, by: { type: 'alarms', names: ['api-5xx'] } });
  expect(release.weight).toBeLessThanOrEqual(30);
  expect(release.secondsToRollback).toBeGreaterThan(15);
  expect(release.secondsToRollback).toBeLessThan(160);
  expect(release.harm.wrong).toBe(release.harm.harmed);
});

test('an alarm on the minimum of errors never stops a version that fails, because the other version answers', async () => {
  expect(await play('throws-always', 'article-attached')).toMatchObject({ caught: false, weight: 100 });
});

test('an alarm that is in ALARM before the deployment begins stops it before any traffic shifts', async () => {
  const release = await play('good-1-percent-at-100', 'php-post', { untilHorizon: false });
  expect(release).toMatchObject({ caught: true, weight: 0, secondsToRollback: 0 });
});

test('hooks with checks stop a version that always fails, before its first request', async () => {
  const release = await play('returns-500', hooksOnly, { untilHorizon: false });
  expect(release).toMatchObject({ caught: true, weight: 0, harm: { harmed: 0 } });
  expect(release.by).toMatchObject({ type: 'hook', event: 'BeforeAllowTraffic' });
});

test('a removed permission harms the old version until the update has been rolled back', async () => {
  const [watched, unwatched] = await Promise.all([
    play('permission-removed', hooksOnly),
    play('permission-removed', 'cdk-plain'),
  ]);
  expect(watched).toMatchObject({ caught: true, weight: 0 });
  expect(watched.harm.harmed).toBeGreaterThan(100);
  expect(unwatched.harm.harmed).toBeGreaterThan(5 * watched.harm.harmed);
});

test('without users the post hook makes the traffic, and the release passes', async () => {
  const release = await play('no-traffic', hooksOnly, { untilHorizon: false });
  expect(release).toMatchObject({ caught: false, harm: { requests: 0 } });
  const post = release.hooks.find(({ event }) => event === 'AfterAllowTraffic')!;
  expect(post.calls).toBeGreaterThan(50);
  // At ten requests a second the new version has answered enough users.
  const busy = await play('good-0-percent-at-10', hooksOnly, { untilHorizon: false });
  expect(busy.hooks.find(({ event }) => event === 'AfterAllowTraffic')!.calls).toBeLessThan(10);
});
