import { chanceToStop } from '../../preflight/power/chain';
import { drawReleases } from '../../preflight/power/draw';
import type { FailureKind, Scenario } from '../../preflight/power/scenario';
import { isSummed, sensorOf } from '../../preflight/power/sensor';
import { comparison } from './comparisons';
import { agrees, simulate } from './simulation';
import { alarm, bothVersions, newVersion, ref, soundApi, subject } from './small-service';

const RUNS = 250;

const expression = (Expression: string, more: object = {}) => ({
  Namespace: undefined,
  MetricName: undefined,
  Dimensions: undefined,
  Statistic: undefined,
  Period: undefined,
  Metrics: [
    { Id: 'rate', Expression },
    metric('errors', 'Errors', newVersion),
    metric('invocations', 'Invocations', newVersion),
    metric('allErrors', 'Errors', [newVersion[0], newVersion[1]]),
    metric('all', 'Invocations', [newVersion[0], newVersion[1]]),
  ],
  ...more,
});

function metric(Id: string, MetricName: string, Dimensions: unknown) {
  return {
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
  };
}

const rateOfNew = (more: object) => {
  const properties = expression('errors / invocations', more);
  return { ...properties, Metrics: properties.Metrics.slice(0, 3) };
};

const threeOfThree = { EvaluationPeriods: 3, Threshold: 1 };
const twoOfThree = { EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 1 };
const apiErrors = {
  Namespace: 'AWS/ApiGateway',
  MetricName: '5xx',
  Dimensions: [{ Name: 'ApiId', Value: ref('HttpApi') }],
};
const scenario = (requestsPerSecond: number, newFails: number, oldFails = 0): Scenario => ({
  requestsPerSecond,
  newFails,
  oldFails,
});

const cases: [string, object, string, Scenario][] = [
  ['two errors of the new version in a minute', {}, 'Canary10Percent5Minutes', scenario(10, 0.01)],
  ['one error, little traffic', { Threshold: 1 }, 'Canary10Percent5Minutes', scenario(0.5, 0.05)],
  ['two of three minutes', twoOfThree, 'Canary10Percent5Minutes', scenario(5, 0.02)],
  [
    'three of three minutes, missing data missing',
    { ...threeOfThree, TreatMissingData: 'missing' },
    'Canary10Percent5Minutes',
    scenario(1, 0.2),
  ],
  [
    'three of three minutes, missing data ignored',
    { ...threeOfThree, TreatMissingData: 'ignore' },
    'Canary10Percent5Minutes',
    scenario(1, 0.2),
  ],
  [
    'two of three minutes, missing data breaching',
    { ...twoOfThree, Dimensions: bothVersions, TreatMissingData: 'breaching' },
    'Canary10Percent5Minutes',
    scenario(0.01, 0.2),
  ],
  [
    'errors of both versions, a good release',
    { Dimensions: bothVersions },
    'Canary10Percent5Minutes',
    scenario(2, 0.001, 0.001),
  ],
  ['five server errors of an API', { ...apiErrors, Threshold: 5 }, 'Canary10Percent5Minutes', scenario(5, 0.1, 0.001)],
  [
    'the average of the new version',
    { Statistic: 'Average', Threshold: 0.05 },
    'Canary10Percent5Minutes',
    scenario(2, 0.02),
  ],
  [
    'the average of both versions',
    { Statistic: 'Average', Threshold: 0.05, Dimensions: bothVersions },
    'Canary10Percent5Minutes',
    scenario(2, 0.3),
  ],
  [
    'the minimum of the new version',
    { Statistic: 'Minimum', Threshold: 1 },
    'Canary10Percent5Minutes',
    scenario(0.5, 0.6),
  ],
  [
    'the maximum of both versions',
    { Statistic: 'Maximum', Threshold: 1, Dimensions: bothVersions },
    'Canary10Percent5Minutes',
    scenario(1, 0.02),
  ],
  ['a number of requests', { Statistic: 'SampleCount', Threshold: 12 }, 'Canary10Percent5Minutes', scenario(1.5, 0)],
  [
    'the error rate of the new version, by an expression',
    rateOfNew({ Threshold: 0.1 }),
    'Canary10Percent5Minutes',
    scenario(2, 0.04),
  ],
  ['a linear shift, errors of the new version', { Threshold: 3 }, 'Linear10PercentEvery1Minute', scenario(1, 0.02)],
  ['a linear shift, two of three minutes', twoOfThree, 'Linear10PercentEvery1Minute', scenario(1, 0.02)],
];

/** Computes or estimates the chance of an alarm with these properties, and simulates releases to compare it with. */
async function compare(properties: object, type: string, release: Scenario, failure: FailureKind) {
  const { template, canaries, alarms } = subject(
    (resources) => {
      resources.ErrorsAlarm = JSON.parse(JSON.stringify(alarm(properties)));
      resources.Group.Properties.DeploymentConfigName = `CodeDeployDefault.Lambda${type}`;
    },
    {},
    soundApi(),
  );
  const shift = canaries[0]!.shift!;
  const rule = alarms[0]!;
  const sensor = sensorOf(template, canaries[0]!, rule, failure);
  const drawn = drawReleases([{ sensor, rule }], shift, release).byAlarm[0]!;
  const chance = isSummed(sensor) ? chanceToStop(sensor, rule, shift, release) : drawn;
  const share = await simulate(template, 'ErrorsAlarm', shift, release, { runs: RUNS, seed: 7, failure });
  return { share, chance, drawn, isSummed: isSummed(sensor) };
}

test.each(cases)('%s: the computed chance is the share of simulated releases', async (_, properties, type, release) => {
  const { share, chance, drawn, isSummed: computed } = await compare(properties, type, release, 'throws');
  expect(computed).toBe(true);
  expect(chance).toBeGreaterThan(0.02);
  expect(chance).toBeLessThan(0.98);
  expect({ share, chance, agrees: agrees(share, chance, RUNS) }).toMatchObject({ agrees: true });
  // So is the share of drawn releases, which is used for several alarms together.
  expect(Math.abs(drawn - chance)).toBeLessThan(0.015);
});

const fiveMinutes = (statistic: object = {}) => ({ Period: 300, ...statistic });
const others = { otherRequestsPerSecond: 1 };

const drawn: [string, object, string, Scenario, FailureKind?][] = [
  [
    'the new version’s rate compared with the old one’s, by an expression',
    expression('IF(invocations >= 5, errors / invocations - (allErrors - errors) / (all - invocations), 0)', {
      Threshold: 0.1,
    }),
    'Canary10Percent5Minutes',
    scenario(2, 0.08, 0.02),
  ],
  ['errors of five minutes', fiveMinutes({ Threshold: 3 }), 'Canary10Percent5Minutes', scenario(2, 0.04)],
  [
    'the rate of five minutes, of both versions',
    fiveMinutes({ Statistic: 'Average', Threshold: 0.012, Dimensions: bothVersions }),
    'Canary10Percent5Minutes',
    scenario(2, 0.2),
  ],
  [
    'two of three windows of two minutes, missing data ignored',
    { Period: 120, EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 1, TreatMissingData: 'ignore' },
    'Canary10Percent10Minutes',
    scenario(0.5, 0.08),
  ],
  [
    'errors compared with the baseline’s, 1 % of ten requests a second',
    comparison('errors', 300),
    'Canary10Percent5Minutes',
    scenario(10, 0.01),
  ],
  [
    'errors compared with the baseline’s, which fails too',
    comparison('errors', 300),
    'Canary10Percent5Minutes',
    scenario(2, 0.15, 0.02),
  ],
  [
    'errors compared with the baseline’s, both failing as often, with a threshold low enough to be wrong',
    comparison('errors', 300, { Threshold: 0.2 }),
    'Linear10PercentEvery1Minute',
    scenario(2, 0.02, 0.02),
  ],
  [
    'errors compared with the baseline’s, a linear shift',
    comparison('errors', 300),
    'Linear10PercentEvery1Minute',
    scenario(1, 0.03, 0.01),
  ],
  [
    '5xx responses in percent, of an API with other functions too',
    comparison('serverErrors', 60, { EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 2 }),
    'Canary10Percent5Minutes',
    { ...scenario(2, 0.25), ...others },
    'answers 5xx',
  ],
];

test.each(drawn)(
  '%s: the estimated chance is the share of simulated releases',
  async (_, properties, type, release, failure = 'throws') => {
    const { share, chance, isSummed: computed } = await compare(properties, type, release, failure);
    expect(computed).toBe(false);
    expect(chance).toBeGreaterThan(0.02);
    expect(chance).toBeLessThan(0.98);
    expect({ share, chance, agrees: agrees(share, chance, RUNS) }).toMatchObject({ agrees: true });
  },
);
