import type { EnvironmentObservation } from '../../../rehearsal/observe/release-observer';
import { differences, type Push } from '../../../rehearsal/report/expectation';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import { firstRelease, messageOn, promoted, releaseOf, reportedOutcomes, rolledBack, stopped } from '../releases';

const staging = { environment: 'staging', stackName: 'shop-staging', traffic: undefined };

/** @returns The differences of a push, without the prefix that names the push. */
function found(push: Push, ...environments: EnvironmentObservation[]): string[] {
  return differences([[push, releaseOf('Greet', environments)]]).map((each) => {
    expect(each).toMatch(/^0123456 \(Greet\): /);
    return each.slice('0123456 (Greet): '.length);
  });
}

function rolledBackWith(changes: object): EnvironmentObservation {
  const outcome = { ...rolledBack.outcome, functions: [{ ...stopped, ...changes }] } as ReleaseOutcome;
  return { ...rolledBack, outcome, reported: reportedOutcomes(outcome) };
}

const unreached = { ...firstRelease, outcome: undefined };
const withoutFailures = { served: 10, failed: 0 };
const withFailures = { served: 10, failed: 3 };

test('a rehearsal that went as expected has no differences', () => {
  const pushes: [Push, EnvironmentObservation[]][] = [
    ['as-it-is', [{ ...firstRelease, ...staging }, firstRelease]],
    ['harmless', [{ ...promoted, ...staging }, promoted]],
    ['harmful', [{ ...promoted, ...staging }, rolledBack]],
  ];
  expect(differences(pushes.map(([push, environments]) => [push, releaseOf('Greet', environments)]))).toEqual([]);
});

test.each<[string, Push, EnvironmentObservation, string[]]>([
  [
    'does not reach an environment',
    'as-it-is',
    unreached,
    ['prod: the push did not reach this environment, expected first-release'],
  ],
  ['is not a first release', 'as-it-is', promoted, ['prod: the outcome is released, expected first-release']],
  [
    'is not released',
    'harmless',
    rolledBack,
    ['prod: the outcome is rolled-back, expected released', 'prod: failed requests: 1, expected 0'],
  ],
  [
    'fails requests',
    'harmless',
    { ...promoted, traffic: { before: withFailures, during: withFailures, after: withFailures } },
    ['prod: failed requests: 6, expected 0'],
  ],
  [
    'has no traffic that could reveal it',
    'harmful',
    { ...rolledBack, traffic: undefined },
    ['no environment has traffic, so no alarm can detect the harmful change'],
  ],
  ['is released', 'harmful', promoted, ['prod: the outcome is released, expected rolled-back']],
  [
    'is not stopped by an alarm',
    'harmful',
    rolledBackWith({ cause: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic', message: 'no' } }),
    ['prod: shop-prod-hello was stopped by hook, expected an alarm'],
  ],
  [
    'is stopped before the shift',
    'harmful',
    rolledBackWith({ weightReached: 0 }),
    ['prod: shop-prod-hello was stopped at 0 % of the traffic, expected between 0 % and 100 %'],
  ],
  [
    'is stopped after the shift',
    'harmful',
    rolledBackWith({ weightReached: 100 }),
    ['prod: shop-prod-hello was stopped at 100 % of the traffic, expected between 0 % and 100 %'],
  ],
  [
    'stays live',
    'harmful',
    { ...rolledBack, serving: [{ ...rolledBack.serving[0]!, version: '2' }] },
    ['prod: v1 of shop-prod-hello does not serve all traffic after the rollback'],
  ],
  [
    'keeps part of the traffic',
    'harmful',
    { ...rolledBack, serving: [{ ...rolledBack.serving[0]!, weights: { 2: 10 } }] },
    ['prod: v1 of shop-prod-hello does not serve all traffic after the rollback'],
  ],
  [
    'fails requests after the rollback',
    'harmful',
    { ...rolledBack, traffic: { before: withoutFailures, during: withFailures, after: withFailures } },
    ['prod: failed requests after the rollback: 3, expected 0'],
  ],
])('a push that %s differs (%s)', (_, push, environment, expected) => {
  expect(found(push, environment)).toEqual(expected);
});

test('a part of the pipeline that reports something else, or nothing, is a difference', () => {
  const reported = { ...promoted.reported!, deploy: '✔ released: shop-dev', exported: 'released', ledger: undefined };
  expect(found('harmless', { ...promoted, reported })).toEqual([
    "prod: Deploy's log says '✔ released: shop-dev', expected '✔ released: shop-prod'",
    "prod: Deploy exports 'released', expected 'released: shop-prod-hello v2 serves 100 % after 5 min 3 s'",
    "prod: the ledger says nothing, expected 'released: shop-prod-hello v2 serves 100 % after 5 min 3 s'",
  ]);
  const canary = 'released: shop-prod-hello v2 serves 100 % after 5 min 3 s';
  expect(found('harmful', { ...rolledBack, reported: { ...rolledBack.reported!, canary } })).toEqual([
    `prod: the Canary action says '${canary}', expected 'rolled back: shop-prod-hello v2 stopped by alarm shop-prod-hello-v2-errors at 10 % after 2 min 11 s; v1 serves 100 % again'`,
  ]);
});

test('no notification, one with another outcome, and two with the same are differences', () => {
  const release = releaseOf('Greet', [rolledBack]);
  const differencesWith = (...types: ReleaseOutcome['type'][]) => {
    const notifications = types.map((type) => messageOn('prod', { ...rolledBack.outcome, type } as ReleaseOutcome));
    return differences([['harmful', { ...release, notifications }]]).map((each) => each.slice(17));
  };
  const message = (count: number) => `prod: notifications with the outcome rolled-back: ${count}, expected 1`;
  expect(differencesWith('rolled-back')).toEqual([]);
  expect(differencesWith()).toEqual([message(0)]);
  expect(differencesWith('released')).toEqual([message(0)]);
  expect(differencesWith('rolled-back', 'rolled-back')).toEqual([message(2)]);
});

test('failed requests during the shift of the harmful change are expected', () => {
  expect(
    found('harmful', {
      ...rolledBack,
      traffic: { before: withoutFailures, during: withFailures, after: withoutFailures },
    }),
  ).toEqual([]);
});

test('environments without traffic may release the harmful change', () => {
  expect(found('harmful', { ...promoted, ...staging }, rolledBack)).toEqual([]);
});
