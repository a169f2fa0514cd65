import { NotComputed } from '../../aws-rules/metric-math';
import { isInAlarm, type PointKind } from '../../preflight/power/alarm-state';
import { chanceToStop } from '../../preflight/power/chain';
import { drawReleases } from '../../preflight/power/draw';
import { compileExpression } from '../../preflight/power/expression';
import { poisson } from '../../preflight/power/poisson';
import { powersOf } from '../../preflight/power/power';
import { isSummed, type Sensor, type SummedSensor, sensorOf } from '../../preflight/power/sensor';
import { newTraffic } from '../../preflight/shift';
import { comparison } from './comparisons';
import { agrees, simulate } from './simulation';
import { alarm, bothVersions, newVersion, type Resources, soundApi, subject as subjectOf } from './small-service';

function summed(sensor: Sensor): SummedSensor {
  if (!isSummed(sensor)) throw new Error('the alarm cannot be summed, only drawn');
  return sensor;
}

/** The chance that the sound service's alarm with other properties stops a release. */
function chanceOf(properties: object, scenario: Parameters<typeof chanceToStop>[3], type = 'Canary10Percent5Minutes') {
  const subject = subjectOf((resources: Resources) => {
    resources.ErrorsAlarm = alarm(properties);
    resources.Group.Properties.DeploymentConfigName = `CodeDeployDefault.Lambda${type}`;
  });
  const [canary] = subject.canaries;
  const [watched] = subject.alarms;
  const sensor = summed(sensorOf(subject.template, canary!, watched!));
  return { chance: chanceToStop(sensor, watched!, canary!.shift!, scenario), subject, shift: canary!.shift! };
}

test('a Poisson distribution has its mean, also with joined neighbours', () => {
  for (const mean of [0, 0.3, 7, 600, 6000]) {
    for (const most of [Number.POSITIVE_INFINITY, 24]) {
      const points = poisson(mean, most);
      expect(points.length).toBeLessThanOrEqual(most);
      expect(points.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      expect(points.reduce((sum, { value, probability }) => sum + value * probability, 0)).toBeCloseTo(mean, 6);
    }
  }
});

test('the new version gets a tenth of the traffic for five minutes, or one tenth more every minute', () => {
  const canary = chanceOf({}, { requestsPerSecond: 1, newFails: 0, oldFails: 0 });
  expect(newTraffic(canary.shift, -60, 300)).toBeCloseTo(30);
  const linear = chanceOf({}, { requestsPerSecond: 1, newFails: 0, oldFails: 0 }, 'Linear10PercentEvery1Minute');
  expect(linear.shift.seconds).toBe(540);
  expect(newTraffic(linear.shift, 0, 540)).toBeCloseTo(60 * 4.5);
});

test('a count of errors stops every release that fails all requests, and no good release', () => {
  expect(chanceOf({}, { requestsPerSecond: 10, newFails: 1, oldFails: 0 }).chance).toBeCloseTo(1, 9);
  expect(chanceOf({}, { requestsPerSecond: 10, newFails: 0, oldFails: 0 }).chance).toBe(0);
});

test('the chance of a first error follows from the minutes that an alarm can see of a shift', () => {
  // Of five minutes, on average 232.5 s are over and visible in time: 15 to 75 s of delay and up to 10 s until
  // CodeDeploy reads the alarm.
  const rate = 0.02;
  const { chance } = chanceOf({ Threshold: 1 }, { requestsPerSecond: 10, newFails: rate / 100, oldFails: 0 });
  expect(chance).toBeGreaterThan(1 - Math.exp(-10 * 0.1 * (rate / 100) * 180));
  expect(chance).toBeLessThan(1 - Math.exp(-10 * 0.1 * (rate / 100) * 285));
});

test('the minimum over both versions stops nothing, over the new one only a release that always fails', () => {
  const minimum = { Statistic: 'Minimum', Threshold: 1 };
  const bad = { requestsPerSecond: 10, newFails: 1, oldFails: 0 };
  expect(chanceOf({ ...minimum, Dimensions: bothVersions }, bad).chance).toBeLessThan(1e-9);
  expect(chanceOf(minimum, bad).chance).toBeCloseTo(1, 9);
  // What remains is the first, partial minute of the shift, which may have a single request.
  expect(chanceOf(minimum, { ...bad, newFails: 0.2 }).chance).toBeLessThan(0.01);
});

test('an alarm on another version than the new one sees nothing of a bad release', () => {
  const another = [...newVersion.slice(0, 2), { Name: 'ExecutedVersion', Value: '41' }];
  const bad = { requestsPerSecond: 10, newFails: 1, oldFails: 0 };
  expect(chanceOf({ Dimensions: another }, bad).chance).toBe(0);
  expect(chanceOf({ Dimensions: another }, { ...bad, oldFails: 1 }).chance).toBeCloseTo(1, 9);
});

test('an alarm on the new version alone that treats missing data as breaching stops every release', () => {
  const { chance } = chanceOf({ TreatMissingData: 'breaching' }, { requestsPerSecond: 10, newFails: 0, oldFails: 0 });
  expect(chance).toBeCloseTo(1, 9);
});

test('an alarm of the embedded CloudWatch stops as many releases as computed', async () => {
  const scenario = { requestsPerSecond: 2, newFails: 0.1, oldFails: 0.01 };
  const { chance, subject, shift } = chanceOf({}, scenario);
  const share = await simulate(subject.template, 'ErrorsAlarm', shift, scenario, { runs: 60, seed: 1 });
  expect(chance).toBeGreaterThan(0.1);
  expect(chance).toBeLessThan(0.9);
  expect({ share, chance, agrees: agrees(share, chance, 60) }).toMatchObject({ agrees: true });
});

test.each<[string, string, boolean]>([
  ['enough real points, missing data does not matter', '- 0 X X X', true],
  ['two of three', '- - X 0 X', true],
  ['one of three', '0 0 0 0 X', false],
])('%s', (_, points, expected) => {
  const kinds = points
    .split(' ')
    .map((point): PointKind => (point === '-' ? 'missing' : point === 'X' ? 'breaching' : 'fine'));
  const rule = { evaluationPeriods: 3, datapointsToAlarm: 2, treatMissingData: 'notBreaching' };
  expect(isInAlarm(kinds, rule, false)).toBe(expected);
});

test.each([
  ['100 * errors / invocations', 25],
  ['errors / none', undefined],
  ['FILL(errors / none, 1)', 1],
  ['FILL((0 - errors) ^ 0.5, 1)', 1],
  ['MIN([errors / (invocations + 8), invocations])', 0.125],
  ['errors - 3 * (invocations * 2) ^ 0.5', 2 - 12],
  ['none / errors', 0],
  ['silent / silent', undefined],
  ['IF(invocations >= 20, errors / invocations, 0)', 0],
  ['IF(invocations > 5 AND errors > 1, MAX([errors, invocations]))', 8],
  ['FILL(none, 3) - -errors ^ 2', 7],
  ['1 - 0.5', 0.5],
])('metric math: %s', (source, expected) => {
  const values: Record<string, number> = { errors: 2, invocations: 8, silent: 0 };
  expect(compileExpression(source, (id) => () => values[id])(undefined)).toBe(expected);
});

test('metric math that cannot be computed is named', () => {
  expect(() => compileExpression('ANOMALY_DETECTION_BAND(m1, 2)', () => () => 0)).toThrow(
    new NotComputed('the metric math function ANOMALY_DETECTION_BAND, as it is used here'),
  );
});

describe('an alarm over windows that overlap is estimated from drawn releases', () => {
  const compared = (kind: string, period: number) =>
    subjectOf(
      (resources) => {
        resources.ErrorsAlarm = alarm(comparison(kind, period));
      },
      {},
      soundApi(),
    );

  function drawnChance(newFails: number, oldFails: number): number {
    const { template, canaries, alarms } = compared('errors', 300);
    const drawn = { sensor: sensorOf(template, canaries[0]!, alarms[0]!), rule: alarms[0]! };
    return drawReleases([drawn], canaries[0]!.shift!, { requestsPerSecond: 10, newFails, oldFails }).byAlarm[0]!;
  }

  test('errors compared with the baseline’s stop a release that fails more, and hardly ever one that fails as often', () => {
    expect(Math.abs(drawnChance(0.01, 0) - 0.64)).toBeLessThan(0.02);
    expect(drawnChance(0.05, 0)).toBeGreaterThan(0.999);
    expect(drawnChance(0.01, 0.01)).toBeLessThanOrEqual(0.003);
  });

  test.each([
    [
      'latency',
      'it judges how long requests take (Duration); this table is about requests that fail, which it does not count',
    ],
    [
      'throttles',
      'it counts invocations that Lambda rejects (Throttles); this table is about requests that fail in one of the versions',
    ],
  ])('%s has no figure, and the reason says why', (kind, why) => {
    const subject = compared(kind, 60);
    expect(powersOf(subject, subject.canaries[0]!, subject.alarms).alarms).toEqual([{ type: 'not computed', why }]);
  });
});
