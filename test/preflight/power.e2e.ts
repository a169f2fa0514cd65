import { chanceToStop, type Scenario } from '../../preflight/power/power';
import { sensorOf } from '../../preflight/power/requests';
import { agrees, simulate } from './simulation';
import { alarm, bothVersions, newVersion, ref, soundApi, subject } from './small-service';

const RUNS = 400;

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
  [
    'the new version’s rate beside the old one’s, by an expression',
    expression('IF(invocations >= 5, errors / invocations - (allErrors - errors) / (all - invocations), 0)', {
      Threshold: 0.1,
    }),
    'Canary10Percent5Minutes',
    scenario(2, 0.08, 0.02),
  ],
  ['a linear shift, errors of the new version', { Threshold: 3 }, 'Linear10PercentEvery1Minute', scenario(1, 0.02)],
  ['a linear shift, two of three minutes', twoOfThree, 'Linear10PercentEvery1Minute', scenario(1, 0.02)],
];

test.each(cases)('%s: the computed chance is the share of simulated releases', async (_, properties, type, release) => {
  const { template, canaries, alarms } = subject(
    (resources) => {
      resources.ErrorsAlarm = JSON.parse(JSON.stringify(alarm(properties)));
      resources.Group.Properties.DeploymentConfigName = `CodeDeployDefault.Lambda${type}`;
    },
    {},
    soundApi(),
  );
  const [canary] = canaries;
  const chance = chanceToStop(sensorOf(template, canary!, alarms[0]!), alarms[0]!, canary!.shift!, release);
  const share = await simulate(template, 'ErrorsAlarm', canary!.shift!, release, { runs: RUNS, seed: 7 });
  expect(chance).toBeGreaterThan(0.02);
  expect(chance).toBeLessThan(0.98);
  expect({ share, chance, agrees: agrees(share, chance, RUNS) }).toMatchObject({ agrees: true });
});
