import type { RehearsedRelease } from '../../../rehearsal/rehearsal';
import { renderRelease, renderResult, reportOf } from '../../../rehearsal/report/report';
import { actionIn, firstRelease, promoted, releaseOf, rolledBack } from '../releases';

/** A release of which nobody is told. */
function quietly(...release: Parameters<typeof releaseOf>): RehearsedRelease {
  return { ...releaseOf(...release), notifications: [] };
}

test('a release ends with what became of it in each environment, with the numbers', () => {
  const unreached = { ...firstRelease, environment: 'staging', outcome: undefined };
  expect(renderRelease(quietly('Greet', [unreached, rolledBack]))).toBe(`◌ staging: not reached
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
  expect(renderRelease(quietly('Greet', [{ ...promoted, serving, traffic: undefined }]))).toBe(`✔ released: shop-prod
  shop-prod-hello:Live  v1 → v2  Canary10Percent5Minutes  d-FORWARD01
    ✔ AllowTraffic Succeeded
    v2 serves 100 % after 5 min 3 s
  now shop-prod-hello:Live is v1, v2 has 10 %`);
});

test('what people were told is shown with those who would get it', () => {
  const [message] = releaseOf('Greet', [rolledBack]).notifications;
  const notifications = [message!, { ...message!, message: 'one line', to: [] }];
  expect(renderRelease({ ...releaseOf('Greet', []), notifications })).toBe(`✉ 09:10:00  shop-prod rolled-back
    to team@example.com
    │ rolled back: shop-prod-hello v2 stopped by alarm shop-prod-hello-v2-errors at 10 % after 2 min 11 s; v1 serves 100 % again
    │ ✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
    │   shop-prod-hello:Live  v1 → v2  Canary10Percent5Minutes  d-FORWARD01
    │     ✖ AllowTraffic Failed
      (2 more lines)
✉ 09:10:00  shop-prod rolled-back
    to nobody: no address is subscribed
    │ one line`);
});

test('a report for machines has what an action showed while it ran', () => {
  const release = releaseOf('Greet', []);
  const at = Date.parse('2026-03-02T09:04:00Z');
  const execution = {
    action: actionIn('prod', 'Canary'),
    result: { type: 'failed', code: 'JobFailed', message: 'rolled back', externalId: 'd-1' } as const,
    started: at,
    ended: at,
    progress: [
      { at, externalId: 'd-1' },
      { at, summary: '10 % on v2', percentComplete: 12, externalId: 'd-1' },
    ],
    log: [],
  };
  const pushes = [['harmful', { ...release, execution: { ...release.execution, actions: [execution] } }]] as const;
  expect(reportOf(pushes, { seed: 1, quick: true, differences: [] }).releases[0]!.pipeline.actions).toEqual([
    {
      stage: 'prod',
      name: 'Canary',
      status: 'failed',
      text: 'rolled back',
      externalId: 'd-1',
      variables: {},
      progress: [{ at: '2026-03-02T09:04:00.000Z', summary: '10 % on v2', percentComplete: 12 }],
    },
  ]);
});

test('a report for machines says how each action ended, and what was seen', () => {
  const release = releaseOf(
    'Greet',
    [rolledBack],
    [
      { type: 'succeeded', summary: 'went well', externalId: 'x:1', variables: { Url: 'https://x' } },
      { type: 'reported', summary: 'would have gone well' },
      { type: 'failed', code: 'JobFailed', message: 'went wrong' },
    ],
  );
  const shown = { stage: 'prod', variables: {}, progress: [] };
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
            {
              ...shown,
              name: 'Action0',
              status: 'succeeded',
              text: 'went well',
              externalId: 'x:1',
              variables: { Url: 'https://x' },
            },
            { ...shown, name: 'Action1', status: 'reported', text: 'would have gone well' },
            { ...shown, name: 'Action2', status: 'failed', text: 'went wrong' },
          ],
        },
        notifications: release.notifications,
        environments: [rolledBack],
      },
    ],
  });
});

test('a verdict says that all was as it must be, or everything that was not', () => {
  const pushes = [['harmless', releaseOf('Greet', [promoted])] as const];
  const verdict = (differences: string[]) => renderResult(reportOf(pushes, { seed: 1, quick: false, differences }));
  expect(verdict([])).toBe(`✔ as it must be: 1 pushes rehearsed
  the harmless change reached everybody; the harmful one was taken back, and nobody is served by it`);
  expect(verdict(['one thing', 'another'])).toBe(`✖ not as it must be:
  one thing
  another`);
});
