import {
  DEPLOYMENT_TYPES,
  isDeploymentType,
  longestShiftMinutes,
  PRESET_PREFIX,
  PRESETS,
  routingNamed,
  shiftMinutes,
  shiftSteps,
  stepAt,
} from '../../aws-rules/traffic-shift';
import vectors from './vectors/traffic-shift.json';

test('the presets are those that CodeDeploy documents', () => {
  expect(DEPLOYMENT_TYPES).toEqual(vectors.presets.map(({ name }) => name));
  expect(PRESET_PREFIX).toBe(vectors.prefix);
  expect([isDeploymentType('Canary10Percent5Minutes'), isDeploymentType('Canary10Percent7Minutes')]).toEqual([
    true,
    false,
  ]);
});

test.each(vectors.presets)('$name shifts as documented', ({ name, steps, longestMinutes, ...routing }) => {
  const preset = PRESETS[name as keyof typeof PRESETS];
  expect(preset).toEqual(routing);
  expect(shiftSteps(preset).map(({ after, weight }) => ({ afterMinutes: after / 60_000, weight }))).toEqual(steps);
  expect(shiftMinutes(preset)).toBe(steps.at(-1)!.afterMinutes);
  expect(longestShiftMinutes(preset)).toBe(longestMinutes);
});

test.each(vectors.presets)('$name has the routing in its name, with and without the prefix', ({ name }) => {
  const preset = PRESETS[name as keyof typeof PRESETS];
  expect([routingNamed(name), routingNamed(`${PRESET_PREFIX}${name}`)]).toEqual([preset, preset]);
});

test('a custom configuration that is named like a preset has the routing in its name', () => {
  expect(routingNamed('shop-Canary20Percent7Minutes')).toEqual({
    type: 'TimeBasedCanary',
    percentage: 20,
    interval: 7,
  });
  expect(routingNamed('shop-slowly')).toBeUndefined();
  expect([shiftMinutes(undefined), stepAt(undefined, 0).weight]).toEqual([0, 1]);
});

test('the step at a point in time has its weight and its start', () => {
  const linear = PRESETS.Linear10PercentEvery3Minutes;
  expect(stepAt(linear, 7 * 60_000)).toEqual({ after: 360_000, weight: 0.3 });
  expect(stepAt(linear, Number.POSITIVE_INFINITY).weight).toBe(1);
});
