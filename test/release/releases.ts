import type { FunctionRelease, LifecycleEvent } from '../../release/outcome/function-release';
import type { InProgress, Released, RolledBack } from '../../release/outcome/outcome';

/** @returns Nine o'clock plus some minutes. */
export const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 9) + minutes * 60_000);

export const lifecycle = (...statuses: string[]): LifecycleEvent[] =>
  ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'].flatMap((name, index) =>
    statuses[index] ? [{ name, status: statuses[index], began: at(0).toISOString() }] : [],
  );

/** A canary of five minutes that succeeded. */
export const promoted: FunctionRelease = {
  functionName: 'shop-prod-hello',
  alias: 'Live',
  from: '6',
  to: '7',
  deploymentType: 'Canary10Percent5Minutes',
  deploymentId: 'd-FORWARD01',
  status: 'Succeeded',
  weightReached: 100,
  seconds: 304.9,
  lifecycleEvents: lifecycle('Succeeded', 'Succeeded', 'Succeeded'),
};

/** A canary that an alarm stopped at 10 %. */
export const stopped: FunctionRelease = {
  ...promoted,
  status: 'Stopped',
  weightReached: 10,
  weightReachedAt: '2026-03-02T09:00:03.000Z',
  seconds: 131,
  lifecycleEvents: lifecycle('Succeeded', 'Failed', 'Skipped'),
  cause: { type: 'alarm', alarms: ['shop-prod-hello-v7-errors'] },
  rollbackDeploymentId: 'd-BACKWARD1',
  alarms: [
    {
      name: 'shop-prod-hello-v7-errors',
      state: 'deleted',
      firing: {
        at: '2026-03-02T09:02:00.000Z',
        reason: 'Threshold Crossed: 1 datapoint [14.0 (02/03/26 09:01:00)] was greater than the threshold (2.0).',
        points: [
          { at: '2026-03-02T09:00:00.000Z', value: 0 },
          { at: '2026-03-02T09:01:00.000Z', value: 14 },
        ],
      },
    },
  ],
  traffic: { from: { calls: 1810, errors: 2 }, to: { calls: 212, errors: 14 } },
  console: 'https://eu-central-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-FORWARD01',
};

/** A canary that has had 10 % for three of five minutes. */
export const shifting: FunctionRelease = {
  ...promoted,
  status: 'InProgress',
  weightReached: 10,
  weightNow: 10,
  seconds: 183,
  began: at(-0.05).toISOString(),
  lifecycleEvents: lifecycle('Succeeded', 'InProgress', 'Pending'),
  alarms: [
    { name: 'shop-errors', state: 'OK' },
    { name: 'shop-5xx', state: 'OK' },
  ],
  traffic: { from: { calls: 2000, errors: 2 }, to: { calls: 212, errors: 0 } },
};

export const released: Released = {
  type: 'released',
  stackName: 'shop-prod',
  stackStatus: 'UPDATE_COMPLETE',
  functions: [promoted],
};

export const rolledBack: RolledBack = {
  type: 'rolled-back',
  stackName: 'shop-prod',
  stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
  console: 'https://eu-central-1.console.aws.amazon.com/cloudformation/home',
  functions: [stopped],
};

export const inProgress: InProgress = {
  type: 'in-progress',
  stackName: 'shop-prod',
  stackStatus: 'UPDATE_IN_PROGRESS',
  direction: 'deploying',
  functions: [shifting],
};

/** @returns Sixty copies of one release, each with its own name and deployment. */
export function sixty(release: FunctionRelease, change: (index: number) => Partial<FunctionRelease> = () => ({})) {
  return Array.from({ length: 60 }, (_, index): FunctionRelease => {
    const number = String(index + 1).padStart(2, '0');
    return {
      ...release,
      functionName: `shop-prod-function${number}`,
      deploymentId: `d-FORWARD${number}`,
      ...change(index),
    };
  });
}
