import type { FunctionRelease } from '../../../release/outcome/outcome';
import { duration, render } from '../../../release/render';

const released: FunctionRelease = {
  functionName: 'shop-prod-hello',
  alias: 'Live',
  from: '6',
  to: '7',
  deploymentType: 'Canary10Percent5Minutes',
  deploymentId: 'd-FORWARD01',
  status: 'Succeeded',
  weightReached: 100,
  seconds: 304.9,
  lifecycleEvents: [
    { name: 'BeforeAllowTraffic', status: 'Succeeded' },
    { name: 'AllowTraffic', status: 'Succeeded' },
    { name: 'AfterAllowTraffic', status: 'Succeeded' },
  ],
};

test('a release says which version serves, and after how long', () => {
  expect(
    render({ type: 'released', stackName: 'shop-prod', stackStatus: 'UPDATE_COMPLETE', functions: [released] }),
  ).toBe(`✔ released: shop-prod
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    ✔ BeforeAllowTraffic Succeeded   ✔ AllowTraffic Succeeded   ✔ AfterAllowTraffic Succeeded
    v7 serves 100 % after 5 min 5 s`);
});

test('a rollback says what stopped it, at which weight, and which version serves again', () => {
  const stopped: FunctionRelease = {
    ...released,
    status: 'Stopped',
    weightReached: 10,
    seconds: 131,
    lifecycleEvents: [
      { name: 'BeforeAllowTraffic', status: 'Succeeded' },
      { name: 'AllowTraffic', status: 'Failed' },
      { name: 'AfterAllowTraffic', status: 'Skipped' },
    ],
    cause: { type: 'alarm', alarms: ['shop-errors', 'shop-5xx'] },
    rollbackDeploymentId: 'd-BACKWARD1',
  };
  expect(
    render({
      type: 'rolled-back',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [stopped],
    }),
  ).toBe(`✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    ✔ BeforeAllowTraffic Succeeded   ✖ AllowTraffic Failed   ◌ AfterAllowTraffic Skipped
    stopped by alarms shop-errors, shop-5xx at 10 % after 2 min 11 s
    v6 serves 100 % again (rollback d-BACKWARD1)`);
});

test('a failed hook is named with its message, and a missing rollback is reported', () => {
  const failed: FunctionRelease = {
    ...released,
    status: 'Failed',
    weightReached: 0,
    seconds: 4,
    lifecycleEvents: [{ name: 'BeforeAllowTraffic', status: 'Failed' }],
    cause: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic', message: 'the hook failed' },
  };
  expect(
    render({
      type: 'rolled-back',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [failed],
    }),
  ).toBe(`✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    ✖ BeforeAllowTraffic Failed
    stopped by the BeforeAllowTraffic hook (the hook failed) at 0 % after 4 s
    CodeDeploy did not roll back: traffic may still be split between v6 and v7`);
});

test('an update that changes no function says that no canary ran, and why', () => {
  const settled = { type: 'unchanged', stackName: 'shop-prod', stackStatus: 'UPDATE_COMPLETE' } as const;
  expect(render({ ...settled, stackUpdated: true })).toBe(`◌ unchanged: shop-prod
  the stack was updated, but no function changed, so no canary ran`);
  expect(render({ ...settled, stackUpdated: false })).toBe(`◌ unchanged: shop-prod
  nothing changed, so no canary ran`);
});

test('a first release says that there was nothing to shift from', () => {
  expect(
    render({
      type: 'first-release',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_COMPLETE',
      aliases: [
        { logicalId: 'A', physicalId: 'arn:aws:lambda:eu-central-1:111122223333:function:shop-prod-hello:Live' },
      ],
    }),
  ).toBe(`✔ first release: shop-prod
  no earlier version to shift from, so no canary ran; the next release will have one
  arn:aws:lambda:eu-central-1:111122223333:function:shop-prod-hello:Live`);
});

test('durations are written in hours, minutes and seconds', () => {
  expect([0.4, 59.6, 304.9, 3_600, 3_725].map(duration)).toEqual(['0 s', '1 min', '5 min 5 s', '1 h', '1 h 2 min 5 s']);
});

test('a failed hook is shown with what it logged, and one that did not report as such', () => {
  const hook = { lifecycleEvent: 'BeforeAllowTraffic', functionName: 'shop-prod-hook' };
  const failed: FunctionRelease = {
    ...released,
    status: 'Failed',
    weightReached: 0,
    weightNow: 0,
    seconds: 4,
    lifecycleEvents: [],
    cause: { type: 'hook', lifecycleEvent: 'BeforeAllowTraffic', message: 'it failed' },
    hook: { ...hook, answered: true, reasons: ['greets: expected 200, received 500'] },
  };
  const silent: FunctionRelease = { ...failed, hook: { ...hook, answered: false, reasons: [] } };
  expect(
    render({
      type: 'rolled-back',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [failed, silent],
    }),
  ).toBe(`✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    stopped by the BeforeAllowTraffic hook (it failed) at 0 % after 4 s
      shop-prod-hook logged: greets: expected 200, received 500
    v6 serves 100 %
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    stopped by the BeforeAllowTraffic hook (it failed) at 0 % after 4 s
      shop-prod-hook did not report to CodeDeploy
    v6 serves 100 %`);
});

test('an obstacle has a title, a code and a remedy, and what could not be read is named', () => {
  expect(
    render({
      type: 'failed',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_IN_PROGRESS',
      phase: 'before-cloudformation',
      reason: 'sls deploy failed',
      remedy: 'push again',
      obstacles: [{ code: 'STACK_BUSY', subject: 'shop-prod', remedy: 'wait until it has settled' }],
      unread: [{ what: 'the alarms', why: 'denied', message: 'AccessDenied: not you' }],
      console: 'https://console/stack',
    }),
  ).toBe(`✖ failed before CloudFormation, no traffic shifted: shop-prod (untouched by this release, UPDATE_IN_PROGRESS)
  sls deploy failed
  push again
  ! the stack is busy (STACK_BUSY)
    wait until it has settled
  ? could not read the alarms: denied (AccessDenied: not you)
  stack  https://console/stack`);
});

test('a function that CodeDeploy could not report on is shown without numbers', () => {
  const partial: FunctionRelease = {
    ...released,
    from: '?',
    to: '?',
    deploymentType: '',
    lifecycleEvents: [],
    partial: true,
    cause: { type: 'alarm', alarms: ['shop-errors'] },
    rollbackDeploymentId: 'd-BACKWARD1',
  };
  expect(
    render({
      type: 'rolled-back',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [partial],
    }),
  ).toBe(`✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  d-FORWARD01
    stopped by alarm shop-errors at an unknown weight
    the previous version serves 100 % again (rollback d-BACKWARD1)`);
});

test('a running release is shown with its weights and alarms', () => {
  const shifting: FunctionRelease = {
    ...released,
    status: 'InProgress',
    weightReached: 10,
    weightNow: 10,
    seconds: 183,
    lifecycleEvents: [
      { name: 'BeforeAllowTraffic', status: 'Succeeded' },
      { name: 'AllowTraffic', status: 'InProgress' },
      { name: 'AfterAllowTraffic', status: 'Pending' },
    ],
    alarms: [{ name: 'shop-errors', state: 'OK' }],
    traffic: { from: { calls: 2000, errors: 2 }, to: { calls: 1, errors: 0 } },
  };
  expect(
    render({
      type: 'in-progress',
      direction: 'deploying',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_IN_PROGRESS',
      functions: [shifting],
    }),
  ).toBe(`… in progress: shop-prod (UPDATE_IN_PROGRESS)
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    ✔ BeforeAllowTraffic Succeeded   … AllowTraffic InProgress   ○ AfterAllowTraffic Pending
    v7 has 10 % after 3 min 3 s
      alarm shop-errors: OK
    invocations during the deployment, as counted by CloudWatch so far: v7 1 (0 errors), v6 2000 (2 errors)`);
});

test('the remedy of an obstacle is shown once, and every line of a reason is indented', () => {
  const remedy = 'wait until it has settled';
  expect(
    render({
      type: 'failed',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_COMPLETE',
      phase: 'before-cloudformation',
      reason: 'Variables resolution errored with:\n  - Cannot resolve variable',
      remedy,
      obstacles: [{ code: 'STACK_BUSY', subject: 'shop-prod', remedy }],
    }),
  ).toBe(`✖ failed before CloudFormation, no traffic shifted: shop-prod (untouched by this release, UPDATE_COMPLETE)
  Variables resolution errored with:
    - Cannot resolve variable
  ! the stack is busy (STACK_BUSY)
    wait until it has settled`);
});

test('the lifecycle events of a cancelled shift follow its result, as history', () => {
  const cancelled: FunctionRelease = { ...released, weightNow: 0, fate: 'cancelled' };
  expect(
    render({
      type: 'rolled-back',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      functions: [cancelled],
    }),
  ).toBe(`✖ rolled back: shop-prod (UPDATE_ROLLBACK_COMPLETE)
  shop-prod-hello:Live  v6 → v7  Canary10Percent5Minutes  d-FORWARD01
    not the cause, cancelled with the release: v6 serves 100 % again
    before that, CodeDeploy reported: ✔ BeforeAllowTraffic Succeeded   ✔ AllowTraffic Succeeded   ✔ AfterAllowTraffic Succeeded`);
});

test('a change of the stack after its last release is reported', () => {
  const changedSince = { began: '2026-03-02T09:30:00.000Z', stackStatus: 'UPDATE_COMPLETE' };
  expect(
    render({
      type: 'unchanged',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_COMPLETE',
      stackUpdated: false,
      changedSince,
    }),
  ).toBe(`◌ unchanged: shop-prod
  nothing changed, so no canary ran
  ! the stack has since been changed outside the pipeline, starting at 2026-03-02T09:30:00.000Z; its status is UPDATE_COMPLETE`);
});
