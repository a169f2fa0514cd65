import type { RehearsedRelease } from '../../../rehearsal/rehearsal';
import { renderRelease, renderResult, reportOf } from '../../../rehearsal/report/report';
import { actionIn, firstRelease, promoted, releaseOf, rolledBack } from '../releases';

/** A release without notifications. */
function withoutNotifications(...release: Parameters<typeof releaseOf>): RehearsedRelease {
  return { ...releaseOf(...release), notifications: [] };
}

test('the end of a release shows the outcome and the traffic of each environment', () => {
  const unreached = { ...firstRelease, environment: 'staging', outcome: undefined };
  expect(renderRelease(withoutNotifications('Greet', [unreached, rolledBack]))).toBe(`◌ staging: not reached
✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  v1 → v2  Canary10Percent5Minutes  d-FORWARD01
    ✖ AllowTraffic Failed
    stopped by alarm shop-prod-hello-v2-errors at 10 % after 2 min 11 s
    v1 serves 100 % again (rollback d-BACKWARD1)
  shop-prod-hello:Live now points to v1
  traffic: before 100 served, 0 failed · during 99 served, 1 failed · after 100 served, 0 failed`);
});

test('traffic that is still split is shown', () => {
  const serving = [{ ...promoted.serving[0]!, version: '1', weights: { 2: 10 } }];
  expect(
    renderRelease(withoutNotifications('Greet', [{ ...promoted, serving, traffic: undefined }])),
  ).toBe(`✔ released: shop-prod
  shop-prod-hello:Live  v1 → v2  Canary10Percent5Minutes  d-FORWARD01
    ✔ AllowTraffic Succeeded
    v2 serves 100 % after 5 min 3 s
  shop-prod-hello:Live now points to v1, v2 has 10 %`);
});

test('notifications are shown with their recipients', () => {
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
    not sent: no e-mail address is subscribed ("notify" in cdk.json)
    │ one line`);
});

test('the JSON report has what an action showed while it ran', () => {
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

test('the JSON report has the result of each action and the observations', () => {
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

test('the result says that everything was as expected, or lists the differences', () => {
  const pushes = [['harmless', releaseOf('Greet', [promoted])] as const];
  const result = (differences: string[]) => renderResult(reportOf(pushes, { seed: 1, quick: false, differences }));
  expect(result([])).toBe(`✔ as expected: 1 push rehearsed
  the harmless change was released; the harmful change was rolled back, and the old version serves all traffic`);
  expect(result(['one thing', 'another'])).toBe(`✖ not as expected:
  one thing
  another`);
});

test('what was denied is reported, also when every release ended as expected', () => {
  const denied = [
    {
      principal: 'arn:aws:sts::1:assumed-role/run/f',
      action: 'logs:PutLogEvents',
      resource: 'arn',
      message: 'User: run is not …',
    },
  ];
  const report = reportOf([], { seed: 1, quick: true, differences: [], denied });
  expect(report.denied).toEqual(denied);
  expect(renderResult(report).split('\n').slice(-2)).toEqual(['! denied: 1', '  User: run is not …']);
});
