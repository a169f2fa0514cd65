import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseFacts } from '../../../release/collect/collect';
import { judge } from '../../../release/outcome/judge';
import { OBSTACLE_CODES, obstacleTitles } from '../../../release/outcome/obstacle';
import type { FunctionRelease } from '../../../release/outcome/outcome';

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

test('one shift taken back takes the release back, and stands first', () => {
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

describe('states that are nobody’s fault', () => {
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
  ] satisfies [string, Partial<ReleaseFacts>][])('%s is told by its code, with a remedy', (expected, more) => {
    expect(busy(false, more)).toEqual([expected]);
    expect(judge(facts(more), { deployed: false }).obstacles?.[0]?.remedy).toMatch(/\w+/);
    expect(['failed', 'rolled-back']).toContain(judge(facts(more), { deployed: false }).type);
  });

  test('every code has a title', () => {
    expect(OBSTACLE_CODES.map((code) => obstacleTitles[code])).not.toContain(undefined);
    expect(OBSTACLE_CODES).toHaveLength(7);
  });
});

test('a stack that is being changed is in progress, forwards or back', () => {
  const under = (more: Partial<ReleaseFacts>) =>
    judge(facts({ stackStatus: 'UPDATE_IN_PROGRESS', ...more }), { deployed: true });
  expect(under({})).toMatchObject({ type: 'in-progress', direction: 'deploying' });
  expect(under({ functions: [stopped] })).toMatchObject({ type: 'in-progress', direction: 'rolling-back' });
  expect(under({ stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' })).toMatchObject({ direction: 'rolling-back' });
});

test('of many functions one verdict: the culprit first, the others cancelled, taken back or never begun', () => {
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

test('a deploy that failed though the stack was updated is a failure, with what had shifted', () => {
  const events = [event('HelloAlias', 'UPDATE_COMPLETE')];
  expect(judge(facts({ events, functions: [shifted] }), { deployed: false })).toMatchObject({
    type: 'failed',
    phase: 'after-cloudformation',
    functions: [shifted],
  });
});

test('an old resource that could not be deleted afterwards does not undo a release', () => {
  const events = [event('HelloAlias', 'UPDATE_COMPLETE'), event('OldBucket', 'DELETE_FAILED')];
  expect(judge(facts({ events, functions: [shifted] }), { deployed: true }).type).toBe('released');
});

test('a stack whose creation failed has no version that still serves, and says what to do instead', () => {
  const events = [event('Table', 'CREATE_FAILED', { ResourceStatusReason: 'name taken' })];
  expect(judge(facts({ stackStatus: 'ROLLBACK_COMPLETE', events }), { deployed: false })).toMatchObject({
    type: 'failed',
    remedy:
      "in the service's directory run 'npx sls remove --stage STAGE --region REGION' (STAGE and REGION: those of stack shop-prod), then retry",
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
  const busy = 'somebody else changes shop-prod: wait until it has settled, then retry';

  test.each([
    'Stack:arn:aws:cloudformation:eu-central-1:1:stack/shop-prod/1 is in UPDATE_IN_PROGRESS state and can not be updated.',
    'Stack:arn:aws:cloudformation:eu-central-1:1:stack/shop-prod/1 is in UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS state and can not be updated.',
    'ChangeSet [arn:aws:cloudformation:eu-central-1:1:changeSet/a/1] cannot be executed in its current execution status of [OBSOLETE]',
    'ChangeSet [shop-prod-change-set] does not exist',
    'An operation on this ChangeSet is currently in progress.',
  ])('because of "%s" is told without anything that others did meanwhile', (refusal) => {
    expect(judge(foreign, { deployed: false, refusal })).toEqual({
      type: 'failed',
      phase: 'before-cloudformation',
      stackName: 'shop-prod',
      stackStatus: 'UPDATE_IN_PROGRESS',
      reason: `somebody else changes stack 'shop-prod', so sls was turned away: ${refusal}`,
      remedy: busy,
      obstacles: [{ code: 'STACK_BUSY', subject: 'shop-prod', remedy: busy }],
    });
  });

  test('is not what one is whose own resource failed in the same words', () => {
    const refusal =
      'UPDATE_FAILED: Nested (AWS::CloudFormation::Stack)\nStack:arn:nested is in UPDATE_IN_PROGRESS state and can not be updated.';
    const settled = { ...foreign, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' };
    expect(judge(settled, { deployed: false, refusal })).toMatchObject({ type: 'rolled-back', functions: [stopped] });
  });

  test('because prepare refused it has its sentence and its remedy', () => {
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

  test('because the rollback before it failed is told by the obstacle that this is', () => {
    const unprepared = { code: 'STACK_STUCK', remedy: 'continue' };
    const stuck = facts({ stackStatus: 'UPDATE_ROLLBACK_FAILED' });
    const verdict = judge(stuck, { deployed: false, refusal: 'it is stuck', unprepared });
    expect(verdict).toMatchObject({ type: 'failed', obstacles: [{ code: 'ROLLBACK_FAILED' }] });
    expect(verdict).toMatchObject({ remedy: verdict.obstacles?.[0]?.remedy });
  });

  test('because of its package keeps that remedy, whatever state the stack is in', () => {
    const unprepared = { code: 'PACKAGE_MISMATCH', remedy: 'package again' };
    const stuck = facts({ stackStatus: 'UPDATE_ROLLBACK_FAILED' });
    expect(judge(stuck, { deployed: false, refusal: 'wrong package', unprepared })).toMatchObject({
      reason: 'wrong package',
      remedy: 'package again',
    });
  });
});

test('what sls says of its failure is the reason, before CloudFormation and after it', () => {
  const attempt = { deployed: false, refusal: 'Cannot resolve variable' };
  expect(judge(facts(), attempt)).toMatchObject({ reason: 'Cannot resolve variable' });
  const events = [event('HelloAlias', 'UPDATE_COMPLETE')];
  expect(judge(facts({ events, functions: [shifted] }), attempt)).toMatchObject({
    phase: 'after-cloudformation',
    reason: 'the stack was updated, yet sls deploy failed: Cannot resolve variable',
  });
});

test('the remedy of an obstacle stands in place of any other, unless it only was in the way of the report', () => {
  const events = [event('HelloAlias', 'UPDATE_FAILED', { ResourceStatusReason: 'Rate exceeded' })];
  const verdict = judge(facts({ events }), { deployed: false });
  expect(verdict).toMatchObject({ type: 'failed', obstacles: [{ code: 'THROTTLED', subject: 'HelloAlias' }] });
  expect(verdict).toMatchObject({ remedy: verdict.obstacles?.[0]?.remedy });
  const unread = [{ what: 'the alarms', why: 'throttled', message: 'Throttling' }] as const;
  expect(judge(facts({ unread }), { deployed: false })).toMatchObject({
    remedy: 'the version that served before still serves; mend the cause and push again',
    obstacles: [{ code: 'THROTTLED', remedy: expect.stringContaining('stands in the consoles') }],
  });
});

test('an alias that was moved by hand is not said to be split', () => {
  const message = 'The Lambda function alias version does not match the current version in AppSpec file.';
  const moved = {
    ...stopped,
    weightNow: 0,
    cause: { type: 'deployment', code: 'INVALID_LAMBDA_CONFIGURATION', message },
  };
  const verdict = judge(facts({ functions: [moved as FunctionRelease] }), { deployed: false });
  expect(verdict.obstacles?.map(({ code }) => code)).toEqual(['ALIAS_MOVED']);
  expect(verdict.obstacles?.[0]?.remedy).not.toContain('split');
  expect(verdict.obstacles?.[0]?.remedy).toContain(
    'aws lambda update-alias --function-name shop-prod-order --name Live --function-version …',
  );
});
