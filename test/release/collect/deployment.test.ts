import type { DeploymentInfo, LambdaTarget } from '@aws-sdk/client-codedeploy';
import type { ReleaseClients } from '../../../release/aws/clients';
import { alarmNames } from '../../../release/collect/alias-events';
import { functionRelease, TargetReader, weightReached } from '../../../release/collect/deployment';

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

test('a shift that never began has reached 0 %', () => {
  const pending: LambdaTarget = { lifecycleEvents: [{ lifecycleEventName: 'AllowTraffic', status: 'Skipped' }] };
  expect(weightReached(deployment('Canary10Percent5Minutes'), pending)).toBe(0);
});

test('the alarms that fired are read from CodeDeploy’s message, in the form seen in real runs', () => {
  const message =
    'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected ' +
    'deployments have been stopped. Activated alarms: <shop-prod-hello-v7-errors> <shop-prod-api, 5xx>';
  expect(alarmNames(message)).toEqual(['shop-prod-hello-v7-errors', 'shop-prod-api, 5xx']);
});

test('a deployment that failed without a reason has a cause, and a running one has none', () => {
  const info = { ...deployment('AllAtOnce'), deploymentId: 'd-1' };
  expect(functionRelease({ ...info, status: 'Failed' }, shift(1), 0).cause).toEqual({
    type: 'deployment',
    code: 'UNKNOWN',
    message: 'CodeDeploy gave no reason',
  });
  expect(functionRelease({ ...info, status: 'InProgress' }, shift(1), 0).cause).toBeUndefined();
});

describe('the form of target ids', () => {
  /** A CodeDeploy with any form of target ids, which answers a wrong id with an error or with nothing. */
  const codeDeploy = (idOf: (functionName: string) => string, wrong: 'error' | 'nothing') => {
    const calls: string[] = [];
    const send = async (command: { readonly input: Record<string, unknown> }) => {
      const { input } = command;
      calls.push(command.constructor.name.replace(/Command$/, ''));
      const id = idOf(String(input.deploymentId));
      if (!input.targetId) return { targetIds: [id] };
      if (input.targetId === id) return { deploymentTarget: { lambdaTarget: { targetId: id } } };
      if (wrong === 'nothing') return {};
      throw Object.assign(new Error(), { name: 'DeploymentTargetDoesNotExistException' });
    };
    const reader = new TargetReader({ codeDeploy: { send } } as unknown as ReleaseClients);
    return { calls, read: (name: string) => reader.read({ deploymentId: name, functionName: name, alias: 'Live' }) };
  };
  const [list, get] = ['ListDeploymentTargets', 'GetDeploymentTarget'];

  test.each([
    ['with its alias', (name: string) => `${name}:Live`],
    ['by the function alone', (name: string) => name],
  ])('is learnt from the first one, so that the others need one call: %s', async (_, idOf) => {
    const { calls, read } = codeDeploy(idOf, 'error');
    expect(await read('hello')).toEqual({ targetId: idOf('hello') });
    expect(await read('order')).toEqual({ targetId: idOf('order') });
    expect(await read('hello')).toEqual({ targetId: idOf('hello') });
    expect(calls).toEqual([list, get, get, get]);
  });

  test.each(['error', 'nothing'] as const)('is looked up when a guessed id is answered with %s', async (wrong) => {
    const { calls, read } = codeDeploy((name) => (name === 'hello' ? 'hello:Live' : 'something else'), wrong);
    await read('hello');
    expect(await read('order')).toEqual({ targetId: 'something else' });
    expect(calls).toEqual([list, get, get, list, get]);
  });
});
