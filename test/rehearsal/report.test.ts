import { renderRelease, renderVerdict, reportOf } from '../../rehearsal/report';
import { firstRelease, promoted, releaseOf, rolledBack } from './releases';

test('a release ends with what became of it in each environment, with the numbers', () => {
  const unreached = { ...firstRelease, environment: 'staging', outcome: undefined };
  expect(renderRelease(releaseOf('Greet', [unreached, rolledBack]))).toBe(`◌ staging: not reached
✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  v1 → v2  Canary10Percent5Minutes  d-FORWARD01
    ✖ AllowTraffic Failed
    stopped by alarm shop-prod-hello-v2-errors at 10 % after 2 min 11 s
    v1 serves 100 % again (rollback d-BACKWARD1)
  now shop-prod-hello:Live is v1
  traffic: before 100 served, 0 failed · during 99 served, 1 failed · after 100 served, 0 failed`);
});

test('a split that stayed is said', () => {
  const serving = [{ ...promoted.serving[0]!, version: '1', weights: { 2: 10 } }];
  expect(renderRelease(releaseOf('Greet', [{ ...promoted, serving, traffic: undefined }]))).toBe(`✔ released: shop-prod
  shop-prod-hello:Live  v1 → v2  Canary10Percent5Minutes  d-FORWARD01
    ✔ AllowTraffic Succeeded
    v2 serves 100 % after 5 min 3 s
  now shop-prod-hello:Live is v1, v2 has 10 %`);
});

test('a report for machines says how each action ended, and what was seen', () => {
  const release = releaseOf(
    'Greet',
    [rolledBack],
    [
      { type: 'succeeded', summary: 'went well', variables: { secret: 'not told' } },
      { type: 'reported', summary: 'would have gone well' },
      { type: 'failed', code: 'JobFailed', message: 'went wrong' },
    ],
  );
  expect(reportOf([['harmful', release]], { seed: 7, quick: true, differences: ['all'] })).toEqual({
    seed: 7,
    quick: true,
    differences: ['all'],
    releases: [
      {
        push: 'harmful',
        commit: release.commit,
        pipeline: {
          status: 'Failed',
          actions: [
            { stage: 'prod', name: 'Action0', status: 'succeeded', text: 'went well' },
            { stage: 'prod', name: 'Action1', status: 'reported', text: 'would have gone well' },
            { stage: 'prod', name: 'Action2', status: 'failed', text: 'went wrong' },
          ],
        },
        environments: [rolledBack],
      },
    ],
  });
});

test('a verdict says that all was as it must be, or everything that was not', () => {
  const pushes = [['harmless', releaseOf('Greet', [promoted])] as const];
  const verdict = (differences: string[]) => renderVerdict(reportOf(pushes, { seed: 1, quick: false, differences }));
  expect(verdict([])).toBe(`✔ as it must be: 1 pushes rehearsed
  the harmless change reached everybody; the harmful one was taken back, and nobody is served by it`);
  expect(verdict(['one thing', 'another'])).toBe(`✖ not as it must be:
  one thing
  another`);
});
