import type { EnvironmentObservation } from '../../../rehearsal/observe/release-observer';
import { differences, type Push } from '../../../rehearsal/report/expectation';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import { firstRelease, messageOn, promoted, releaseOf, reportedOutcomes, rolledBack, stopped } from '../releases';

const staging = { environment: 'staging', stackName: 'shop-staging', traffic: undefined };

/** @returns the differences of one push, without its name before them */
function found(push: Push, ...environments: EnvironmentObservation[]): string[] {
  return differences([[push, releaseOf('Greet', environments)]]).map((each) => {
    expect(each).toMatch(/^0123456 \(Greet\): /);
    return each.slice('0123456 (Greet): '.length);
  });
}

function taken(back: object): EnvironmentObservation {
  const outcome = { ...rolledBack.outcome, functions: [{ ...stopped, ...back }] } as ReleaseOutcome;
  return { ...rolledBack, outcome, verdicts: reportedOutcomes(outcome) };
}

const unreached = { ...firstRelease, outcome: undefined };
const quiet = { served: 10, failed: 0 };
const noisy = { served: 10, failed: 3 };

test('a rehearsal that went as it must has no differences', () => {
  const pushes: [Push, EnvironmentObservation[]][] = [
    ['as-it-is', [{ ...firstRelease, ...staging }, firstRelease]],
    ['harmless', [{ ...promoted, ...staging }, promoted]],
    ['harmful', [{ ...promoted, ...staging }, rolledBack]],
  ];
  expect(differences(pushes.map(([push, environments]) => [push, releaseOf('Greet', environments)]))).toEqual([]);
});

test.each<[string, Push, EnvironmentObservation, string[]]>([
  [
    'does not get to an environment',
    'as-it-is',
    unreached,
    ['prod: the release ended as not reached, expected first-release'],
  ],
  ['is no first release', 'as-it-is', promoted, ['prod: the release ended as released, expected first-release']],
  [
    'is not let through',
    'harmless',
    rolledBack,
    ['prod: the release ended as rolled-back, expected released', 'prod: 1 requests failed, expected none'],
  ],
  [
    'hurts somebody on the way',
    'harmless',
    { ...promoted, traffic: { before: noisy, during: noisy, after: noisy } },
    ['prod: 6 requests failed, expected none'],
  ],
  [
    'has no traffic to be found out by',
    'harmful',
    { ...rolledBack, traffic: undefined },
    ['no environment has traffic, so nothing could find the fault out'],
  ],
  ['is let through', 'harmful', promoted, ['prod: the release ended as released, expected rolled-back']],
  [
    'is stopped by another than an alarm',
    'harmful',
    taken({ cause: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic', message: 'no' } }),
    ['prod: shop-prod-hello was stopped by hook, expected an alarm'],
  ],
  [
    'is stopped before the shift',
    'harmful',
    taken({ weightReached: 0 }),
    ['prod: shop-prod-hello had 0 % when it was stopped, expected a part of the traffic'],
  ],
  [
    'is stopped after the shift',
    'harmful',
    taken({ weightReached: 100 }),
    ['prod: shop-prod-hello had 100 % when it was stopped, expected a part of the traffic'],
  ],
  [
    'stays live',
    'harmful',
    { ...rolledBack, serving: [{ ...rolledBack.serving[0]!, version: '2' }] },
    ['prod: shop-prod-hello does not serve v1 alone after the rollback'],
  ],
  [
    'keeps a part of the traffic',
    'harmful',
    { ...rolledBack, serving: [{ ...rolledBack.serving[0]!, weights: { 2: 10 } }] },
    ['prod: shop-prod-hello does not serve v1 alone after the rollback'],
  ],
  [
    'leaves failures behind',
    'harmful',
    { ...rolledBack, traffic: { before: quiet, during: noisy, after: noisy } },
    ['prod: 3 requests failed after the rollback, expected none'],
  ],
])('a push that %s differs (%s)', (_, push, environment, expected) => {
  expect(found(push, environment)).toEqual(expected);
});

test('parts of the pipeline that say something else, or nothing, differ', () => {
  const verdicts = { ...promoted.verdicts!, deploy: '✔ released: shop-dev', exported: 'released', ledger: undefined };
  expect(found('harmless', { ...promoted, verdicts })).toEqual([
    "prod: Deploy's log says '✔ released: shop-dev', but '✔ released: shop-prod' was seen",
    "prod: Deploy exports 'released', but 'released: shop-prod-hello v2 serves 100 % after 5 min 3 s' was seen",
    "prod: the ledger says nothing, but 'released: shop-prod-hello v2 serves 100 % after 5 min 3 s' was seen",
  ]);
  const canary = 'released: shop-prod-hello v2 serves 100 % after 5 min 3 s';
  expect(found('harmful', { ...rolledBack, verdicts: { ...rolledBack.verdicts!, canary } })).toEqual([
    `prod: the Canary action says '${canary}', but 'rolled back: shop-prod-hello v2 stopped by alarm shop-prod-hello-v2-errors at 10 % after 2 min 11 s; v1 serves 100 % again' was seen`,
  ]);
});

test('people who are told nothing, something else or the same thing twice differ', () => {
  const release = releaseOf('Greet', [rolledBack]);
  const told = (...types: ReleaseOutcome['type'][]) => {
    const notifications = types.map((type) => messageOn('prod', { ...rolledBack.outcome, type } as ReleaseOutcome));
    return differences([['harmful', { ...release, notifications }]]).map((each) => each.slice(17));
  };
  expect(told('rolled-back')).toEqual([]);
  expect(told()).toEqual(['prod: 0 messages say rolled-back, expected one']);
  expect(told('released')).toEqual(['prod: 0 messages say rolled-back, expected one']);
  expect(told('rolled-back', 'rolled-back')).toEqual(['prod: 2 messages say rolled-back, expected one']);
});

test('failures during the shift of the harmful change are what a canary is for', () => {
  expect(found('harmful', { ...rolledBack, traffic: { before: quiet, during: noisy, after: quiet } })).toEqual([]);
});

test('environments without traffic may let the harmful change through', () => {
  expect(found('harmful', { ...promoted, ...staging }, rolledBack)).toEqual([]);
});
