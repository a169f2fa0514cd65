import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { judge } from '../../../release/outcome/judge';
import { OBSTACLE_CODES, OBSTACLE_TITLES } from '../../../release/outcome/obstacle';
import type { FunctionRelease } from '../../../release/outcome/outcome';
import type { ReleaseFacts } from '../../../release/outcome/release-facts';

const shifted: FunctionRelease = {
  functionName: 'shop-prod-hello',
  alias: 'Live',
  from: '6',
  to: '7',
  deploymentType: 'Canary10Percent5Minutes',
  deploymentId: 'd-FORWARD01',
  status: 'Succeeded',
  weightReached: 100,
  seconds: 305,
  lifecycleEvents: [],
};
const stopped: FunctionRelease = {
  ...shifted,
  functionName: 'shop-prod-order',
  status: 'Stopped',
  weightReached: 10,
  cause: { type: 'alarm', alarms: ['shop-errors'] },
  rollbackDeploymentId: 'd-BACKWARD1',
};

const event = (LogicalResourceId: string, ResourceStatus: string, more: Partial<StackEvent> = {}): StackEvent =>
  ({ LogicalResourceId, ResourceStatus, ResourceType: 'AWS::Lambda::Alias', ...more }) as StackEvent;

const facts = (more: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  stackName: 'shop-prod',
  stackStatus: 'UPDATE_COMPLETE',
  events: [],
  functions: [],
  ...more,
});

test('a shift that succeeded is a release', () => {
  const events = [event('HelloLambdaFunctionAliasLive', 'UPDATE_COMPLETE')];
  expect(judge(facts({ events, functions: [shifted] }), { deployed: true })).toEqual({
    type: 'released',
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_COMPLETE',
    functions: [shifted],
  });
});

test('one stopped shift rolls the release back, and comes first', () => {
  const outcome = judge(facts({ stackStatus: 'UPDATE_ROLLBACK_COMPLETE', functions: [shifted, stopped] }), {
    deployed: false,
  });
  expect(outcome).toMatchObject({ type: 'rolled-back', functions: [stopped, shifted] });
});

test('a stack that fails after every shift has succeeded is a rollback that names the resource', () => {
  const events = [event('HttpApiStage', 'UPDATE_FAILED', { ResourceStatusReason: 'throttled' })];
  expect(judge(facts({ events, functions: [shifted] }), { deployed: false })).toMatchObject({
    type: 'rolled-back',
    reason: 'HttpApiStage: throttled',
  });
});

test('a deploy that failed before CloudFormation is a failure, never unchanged', () => {
  expect(judge(facts(), { deployed: false })).toMatchObject({ type: 'failed', phase: 'before-cloudformation' });
});

test('a stack that failed before any shift is a failure with the first reason', () => {
  const events = [
    event('Table', 'CREATE_FAILED', { ResourceStatusReason: 'name taken' }),
    event('Queue', 'CREATE_FAILED', { ResourceStatusReason: 'Resource creation cancelled' }),
  ];
  expect(judge(facts({ events }), { deployed: false })).toMatchObject({
    type: 'failed',
    phase: 'cloudformation',
    reason: 'Table: name taken',
  });
});

test('aliases that were created are a first release', () => {
  const events = [event('HelloLambdaFunctionAliasLive', 'CREATE_COMPLETE', { PhysicalResourceId: 'arn:hello:Live' })];
  expect(judge(facts({ events }), { deployed: true })).toMatchObject({
    type: 'first-release',
    aliases: [{ logicalId: 'HelloLambdaFunctionAliasLive', physicalId: 'arn:hello:Live' }],
  });
});

test('an update without a shift is unchanged, and says whether the stack was touched', () => {
  expect(judge(facts(), { deployed: true })).toMatchObject({ type: 'unchanged', stackUpdated: false });
  const events = [event('LogGroup', 'UPDATE_COMPLETE', { ResourceType: 'AWS::Logs::LogGroup' })];
  expect(judge(facts({ events }), { deployed: true })).toMatchObject({ type: 'unchanged', stackUpdated: true });
});

describe('obstacles', () => {
  const busy = (deployed: boolean, more: Partial<ReleaseFacts>) =>
    judge(facts(more), { deployed }).obstacles?.map(({ code, subject }) => `${code} ${subject}`);
  const failing = (reason: string) => [event('HelloAlias', 'UPDATE_FAILED', { ResourceStatusReason: reason })];

  test.each([
    ['STACK_BUSY shop-prod', { stackStatus: 'UPDATE_IN_PROGRESS' }],
    ['ROLLBACK_FAILED shop-prod', { stackStatus: 'UPDATE_ROLLBACK_FAILED', events: failing('Access denied') }],
    ['CONFLICTING_DEPLOYMENT HelloAlias', { events: failing('A conflicting deployment is in progress') }],
    ['THROTTLED HelloAlias', { events: failing('Rate exceeded (Service: Lambda, Status Code: 429)') }],
    [
      'WEIGHTS_LEFT HelloAlias',
      { events: failing('The Lambda function alias already routes traffic to two versions.') },
    ],
    [
      'ALIAS_MOVED HelloAlias',
      {
        events: failing('The Lambda function alias version does not match the current version in AppSpec file.'),
      },
    ],
    ['WEIGHTS_LEFT shop-prod-order:Live', { functions: [{ ...stopped, weightNow: 10 }] }],
    [
      'HOOK_NEVER_ANSWERED shop-prod-hook',
      {
        functions: [
          {
            ...stopped,
            hook: {
              lifecycleEvent: 'BeforeAllowTraffic',
              answered: false,
              functionName: 'shop-prod-hook',
              reasons: [],
            },
          },
        ],
      },
    ],
  ] satisfies [string, Partial<ReleaseFacts>][])('%s is recognised, and has a remedy', (expected, more) => {
    expect(busy(false, more)).toEqual([expected]);
    expect(judge(facts(more), { deployed: false }).obstacles?.[0]?.remedy).toMatch(/\w+/);
    expect(['failed', 'rolled-back']).toContain(judge(facts(more), { deployed: false }).type);
  });

  test('every code has a title', () => {
    expect(OBSTACLE_CODES.map((code) => OBSTACLE_TITLES[code])).not.toContain(undefined);
    expect(OBSTACLE_CODES).toHaveLength(7);
  });
});

test('a stack that is being changed is in progress, forward or back', () => {
  const under = (more: Partial<ReleaseFacts>) =>
    judge(facts({ stackStatus: 'UPDATE_IN_PROGRESS', ...more }), { deployed: true });
  expect(under({})).toMatchObject({ type: 'in-progress', direction: 'deploying' });
  expect(under({ functions: [stopped] })).toMatchObject({ type: 'in-progress', direction: 'rolling-back' });
  expect(under({ stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' })).toMatchObject({ direction: 'rolling-back' });
});

test('many functions have one outcome: the cause first, the others cancelled, rolled back or never begun', () => {
  const functions = [
    { ...shifted, logicalId: 'HelloAlias' },
    { ...shifted, functionName: 'shop-prod-pay', logicalId: 'PayAlias' },
    { ...stopped, logicalId: 'OrderAlias' },
  ];
  const cancelled = { ResourceStatusReason: 'Resource update cancelled' };
  const events = [
    event('OrderAlias', 'UPDATE_FAILED', { ResourceStatusReason: 'd-1 failed' }),
    event('PayAlias', 'UPDATE_FAILED', cancelled),
    event('LastAlias', 'UPDATE_FAILED', cancelled),
  ];
  expect(
    judge(facts({ stackStatus: 'UPDATE_ROLLBACK_COMPLETE', functions, events }), { deployed: false }),
  ).toMatchObject({
    type: 'rolled-back',
    functions: [
      { functionName: 'shop-prod-order' },
      { functionName: 'shop-prod-hello', fate: 'taken-back' },
      { functionName: 'shop-prod-pay', fate: 'cancelled' },
    ],
    cancelled: ['LastAlias'],
  });
});

test('a deploy that failed although the stack was updated is a failure, with the shifted functions', () => {
  const events = [event('HelloAlias', 'UPDATE_COMPLETE')];
  expect(judge(facts({ events, functions: [shifted] }), { deployed: false })).toMatchObject({
    type: 'failed',
    phase: 'after-cloudformation',
    functions: [shifted],
  });
});

test('an old resource that could not be deleted afterwards does not change the outcome', () => {
  const events = [event('HelloAlias', 'UPDATE_COMPLETE'), event('OldBucket', 'DELETE_FAILED')];
  expect(judge(facts({ events, functions: [shifted] }), { deployed: true }).type).toBe('released');
});

test('a stack whose creation failed has no version that keeps serving, and another remedy', () => {
  const events = [event('Table', 'CREATE_FAILED', { ResourceStatusReason: 'name taken' })];
  expect(judge(facts({ stackStatus: 'ROLLBACK_COMPLETE', events }), { deployed: false })).toMatchObject({
    type: 'failed',
    remedy:
      "run 'npx sls remove --stage STAGE --region REGION' (with the STAGE and REGION of stack shop-prod) in the service's directory, then retry",
  });
  const StackId = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-prod/1';
  const known = judge(facts({ stackStatus: 'ROLLBACK_COMPLETE', events: [{ ...events[0]!, StackId }] }), {
    deployed: false,
  });
  expect(known).toMatchObject({ remedy: expect.stringContaining('--stage STAGE --region eu-west-1') });
});

describe('a release that never reached the stack', () => {
  const foreign = facts({
    stackStatus: 'UPDATE_IN_PROGRESS',
    events: [event('HelloAlias', 'UPDATE_FAILED', { ResourceStatusReason: 'd-1 failed' })],
    functions: [stopped],
  });
  const busy = 'another operation is changing shop-prod: wait until it has finished, then retry';

  test.each([
    'Stack:arn:aws:cloudformation:eu-central-1:1:stack/shop-prod/1 is in UPDATE_IN_PROGRESS state and can not be updated.',
    'Stack:arn:aws:cloudformation:eu-central-1:1:stack/shop-prod/1 is in UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS state and can not be updated.',
    'ChangeSet [arn:aws:cloudformation:eu-central-1:1:changeSet/a/1] cannot be executed in its current execution status of [OBSOLETE]',
    'ChangeSet [shop-prod-change-set] does not exist',
    'An operation on this ChangeSet is currently in progress.',
  ])('because of "%s" has an outcome without the other operation’s changes', (refusal) => {
    expect(judge(foreign, { deployed: false, refusal })).toEqual({
      type: 'failed',
      phase: 'before-cloudformation',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_IN_PROGRESS',
      reason: `CloudFormation refused the update because another operation is changing stack 'shop-prod': ${refusal}`,
      remedy: busy,
      obstacles: [{ code: 'STACK_BUSY', subject: 'shop-prod', remedy: busy }],
    });
  });

  test('differs from one whose own resource failed with the same message', () => {
    const refusal =
      'UPDATE_FAILED: Nested (AWS::CloudFormation::Stack)\nStack:arn:nested is in UPDATE_IN_PROGRESS state and can not be updated.';
    const settled = { ...foreign, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' };
    expect(judge(settled, { deployed: false, refusal })).toMatchObject({ type: 'rolled-back', functions: [stopped] });
  });

  test('because prepare refused it has prepare’s reason and remedy', () => {
    const refusal = "stack 'shop-prod' is in DELETE_FAILED: its deletion failed";
    const unprepared = { code: 'STACK_STUCK', remedy: 'finish it' };
    expect(judge(facts({ stackStatus: 'DELETE_FAILED' }), { deployed: false, refusal, unprepared })).toEqual({
      type: 'failed',
      phase: 'before-cloudformation',
      stackName: 'shop-prod',
      stackStatus: 'DELETE_FAILED',
      reason: refusal,
      remedy: 'finish it',
    });
  });

  test('because the previous rollback failed has that obstacle', () => {
    const unprepared = { code: 'STACK_STUCK', remedy: 'continue' };
    const stuck = facts({ stackStatus: 'UPDATE_ROLLBACK_FAILED' });
    const outcome = judge(stuck, { deployed: false, refusal: 'it is stuck', unprepared });
    expect(outcome).toMatchObject({ type: 'failed', obstacles: [{ code: 'ROLLBACK_FAILED' }] });
    expect(outcome).toMatchObject({ remedy: outcome.obstacles?.[0]?.remedy });
  });

  test('because of its package keeps that remedy, whatever the state of the stack', () => {
    const unprepared = { code: 'PACKAGE_MISMATCH', remedy: 'package again' };
    const stuck = facts({ stackStatus: 'UPDATE_ROLLBACK_FAILED' });
    expect(judge(stuck, { deployed: false, refusal: 'wrong package', unprepared })).toMatchObject({
      reason: 'wrong package',
      remedy: 'package again',
    });
  });
});

test('the error message of sls is the reason, before CloudFormation and after it', () => {
  const attempt = { deployed: false, refusal: 'Cannot resolve variable' };
  expect(judge(facts(), attempt)).toMatchObject({ reason: 'Cannot resolve variable' });
  const events = [event('HelloAlias', 'UPDATE_COMPLETE')];
  expect(judge(facts({ events, functions: [shifted] }), attempt)).toMatchObject({
    phase: 'after-cloudformation',
    reason: 'sls deploy failed although the stack was updated: Cannot resolve variable',
  });
});

test('the remedy of an obstacle replaces any other, unless it concerns the report only', () => {
  const events = [event('HelloAlias', 'UPDATE_FAILED', { ResourceStatusReason: 'Rate exceeded' })];
  const outcome = judge(facts({ events }), { deployed: false });
  expect(outcome).toMatchObject({ type: 'failed', obstacles: [{ code: 'THROTTLED', subject: 'HelloAlias' }] });
  expect(outcome).toMatchObject({ remedy: outcome.obstacles?.[0]?.remedy });
  const unread = [{ what: 'the alarms', why: 'throttled', message: 'Throttling' }] as const;
  expect(judge(facts({ unread }), { deployed: false })).toMatchObject({
    remedy: 'the previous version keeps serving; fix the cause and push again',
    obstacles: [{ code: 'THROTTLED', remedy: expect.stringContaining('look up what is missing in the') }],
  });
});

test('an alias that was moved by hand is not reported as split', () => {
  const message = 'The Lambda function alias version does not match the current version in AppSpec file.';
  const moved = {
    ...stopped,
    weightNow: 0,
    cause: { type: 'deployment', code: 'INVALID_LAMBDA_CONFIGURATION', message },
  };
  const outcome = judge(facts({ functions: [moved as FunctionRelease] }), { deployed: false });
  expect(outcome.obstacles?.map(({ code }) => code)).toEqual(['ALIAS_MOVED']);
  expect(outcome.obstacles?.[0]?.remedy).not.toContain('split');
  expect(outcome.obstacles?.[0]?.remedy).toContain(
    'aws lambda update-alias --function-name shop-prod-order --name Live --function-version …',
  );
});
