import { DEPLOYMENT_TYPES } from '../../../aws-rules/traffic-shift';
import { deployTimeout } from '../../../lib/service/deploy-timeout';
import type { FunctionShift } from '../../../lib/service/service-description';

const BOTH = ['preTrafficHook', 'postTrafficHook'] as const;

/** Minutes, without hooks and with both. */
const EXPECTED = {
  AllAtOnce: [30, 150],
  Canary10Percent5Minutes: [35, 155],
  Canary10Percent10Minutes: [40, 160],
  Canary10Percent15Minutes: [45, 165],
  Canary10Percent30Minutes: [60, 180],
  Linear10PercentEvery1Minute: [40, 160],
  Linear10PercentEvery2Minutes: [50, 170],
  Linear10PercentEvery3Minutes: [60, 180],
  Linear10PercentEvery10Minutes: [130, 250],
} as const;

test.each(DEPLOYMENT_TYPES)('%s has time for its shift, and an hour for each hook', (type) => {
  expect([timeout(shift(type, [])), timeout(shift(type, BOTH))]).toEqual(EXPECTED[type]);
});

test('the slowest function decides, because the deployments of a stack run in parallel', () => {
  expect(timeout(shift('Canary10Percent30Minutes', []), shift('AllAtOnce', ['preTrafficHook']))).toBe(90);
});

test('a service without shifts has time for its other resources', () => {
  expect(timeout()).toBe(30);
});

function shift(deploymentType: FunctionShift['deploymentType'], hooks: FunctionShift['hooks']): FunctionShift {
  return { function: 'hello', functionName: 'greeter-prod-hello', deploymentType, hooks };
}

function timeout(...shifts: FunctionShift[]): number {
  return deployTimeout({ name: 'greeter', shifts }).toMinutes();
}
