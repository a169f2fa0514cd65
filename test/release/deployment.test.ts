import type { DeploymentInfo, LambdaTarget } from '@aws-sdk/client-codedeploy';
import { weightReached } from '../../release/deployment';

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, 0) + minutes * 60_000);
const deployment = (type: string): DeploymentInfo => ({ deploymentConfigName: `CodeDeployDefault.Lambda${type}` });
const shift = (minutes: number): LambdaTarget => ({
  lifecycleEvents: [{ lifecycleEventName: 'AllowTraffic', status: 'Failed', startTime: at(0), endTime: at(minutes) }],
});

test.each([
  ['Canary10Percent5Minutes', 2, 10],
  ['Canary10Percent5Minutes', 6, 100],
  ['Linear10PercentEvery1Minute', 0.5, 10],
  ['Linear10PercentEvery3Minutes', 7, 30],
  ['Linear10PercentEvery10Minutes', 200, 100],
  ['AllAtOnce', 0.1, 100],
])('%s, stopped after %d minutes, had reached %d %%', (type, minutes, percent) => {
  expect(weightReached(deployment(type), shift(minutes))).toBe(percent);
});

test('a shift that never began has reached nothing', () => {
  const pending: LambdaTarget = { lifecycleEvents: [{ lifecycleEventName: 'AllowTraffic', status: 'Skipped' }] };
  expect(weightReached(deployment('Canary10Percent5Minutes'), pending)).toBe(0);
});
