import type { DeploymentInfo, LambdaTarget } from '@aws-sdk/client-codedeploy';
import { alarmNames, functionRelease, weightReached } from '../../release/deployment';

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

test('the alarms that went off are read from what CodeDeploy says, as it has been seen to say it', () => {
  const message =
    'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected ' +
    'deployments have been stopped. Activated alarms: <shop-prod-hello-v7-errors> <shop-prod-api, 5xx>';
  expect(alarmNames(message)).toEqual(['shop-prod-hello-v7-errors', 'shop-prod-api, 5xx']);
});

test('a deployment that failed without a reason has a cause all the same, and one that runs has none', () => {
  const info = { ...deployment('AllAtOnce'), deploymentId: 'd-1' };
  expect(functionRelease({ ...info, status: 'Failed' }, shift(1), 0).cause).toEqual({
    type: 'deployment',
    code: 'UNKNOWN',
    message: 'CodeDeploy gave no reason',
  });
  expect(functionRelease({ ...info, status: 'InProgress' }, shift(1), 0).cause).toBeUndefined();
});
