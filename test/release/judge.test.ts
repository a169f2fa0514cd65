import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseFacts } from '../../release/collect';
import { judge } from '../../release/judge';
import { OBSTACLE_CODES, obstacleTitles } from '../../release/obstacle';
import type { FunctionRelease } from '../../release/outcome';

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
  expect(judge(facts({ events, functions: [shifted] }), true)).toEqual({
    type: 'released',
    stackName: 'shop-prod',
    stackStatus: 'UPDATE_COMPLETE',
    functions: [shifted],
  });
});

test('one shift taken back takes the release back, and stands first', () => {
  const outcome = judge(facts({ stackStatus: 'UPDATE_ROLLBACK_COMPLETE', functions: [shifted, stopped] }), false);
  expect(outcome).toMatchObject({ type: 'rolled-back', functions: [stopped, shifted] });
});

test('a stack that fails after every shift has succeeded is a rollback that names the resource', () => {
  const events = [event('HttpApiStage', 'UPDATE_FAILED', { ResourceStatusReason: 'throttled' })];
  expect(judge(facts({ events, functions: [shifted] }), false)).toMatchObject({
    type: 'rolled-back',
    reason: 'HttpApiStage: throttled',
  });
});

test('a deploy that failed before CloudFormation is a failure, never unchanged', () => {
  expect(judge(facts(), false)).toMatchObject({ type: 'failed', phase: 'before-cloudformation' });
});

test('a stack that failed before any shift is a failure with the first reason', () => {
  const events = [
    event('Table', 'CREATE_FAILED', { ResourceStatusReason: 'name taken' }),
    event('Queue', 'CREATE_FAILED', { ResourceStatusReason: 'Resource creation cancelled' }),
  ];
  expect(judge(facts({ events }), false)).toMatchObject({
    type: 'failed',
    phase: 'cloudformation',
    reason: 'Table: name taken',
  });
});

test('aliases that were created are a first release', () => {
  const events = [event('HelloLambdaFunctionAliasLive', 'CREATE_COMPLETE', { PhysicalResourceId: 'arn:hello:Live' })];
  expect(judge(facts({ events }), true)).toMatchObject({
    type: 'first-release',
    aliases: [{ logicalId: 'HelloLambdaFunctionAliasLive', physicalId: 'arn:hello:Live' }],
  });
});

test('an update without a shift is unchanged, and says whether the stack was touched', () => {
  expect(judge(facts(), true)).toMatchObject({ type: 'unchanged', stackUpdated: false });
  const events = [event('LogGroup', 'UPDATE_COMPLETE', { ResourceType: 'AWS::Logs::LogGroup' })];
  expect(judge(facts({ events }), true)).toMatchObject({ type: 'unchanged', stackUpdated: true });
});

describe('states that are nobody’s fault', () => {
  const busy = (deployed: boolean, more: Partial<ReleaseFacts>) =>
    judge(facts(more), deployed).obstacles?.map(({ code, subject }) => `${code} ${subject}`);
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
    expect(judge(facts(more), false).obstacles?.[0]?.remedy).toMatch(/\w+/);
    expect(['failed', 'rolled-back']).toContain(judge(facts(more), false).type);
  });

  test('every code has a title', () => {
    expect(OBSTACLE_CODES.map((code) => obstacleTitles[code])).not.toContain(undefined);
    expect(OBSTACLE_CODES).toHaveLength(6);
  });
});

test('a stack that is being changed is in progress, forwards or back', () => {
  const under = (more: Partial<ReleaseFacts>) => judge(facts({ stackStatus: 'UPDATE_IN_PROGRESS', ...more }), true);
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
  expect(judge(facts({ stackStatus: 'UPDATE_ROLLBACK_COMPLETE', functions, events }), false)).toMatchObject({
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
  expect(judge(facts({ events, functions: [shifted] }), false)).toMatchObject({
    type: 'failed',
    phase: 'after-cloudformation',
    functions: [shifted],
  });
});

test('an old resource that could not be deleted afterwards does not undo a release', () => {
  const events = [event('HelloAlias', 'UPDATE_COMPLETE'), event('OldBucket', 'DELETE_FAILED')];
  expect(judge(facts({ events, functions: [shifted] }), true).type).toBe('released');
});

test('a stack whose creation failed has no version that still serves, and says what to do instead', () => {
  const events = [event('Table', 'CREATE_FAILED', { ResourceStatusReason: 'name taken' })];
  expect(judge(facts({ stackStatus: 'ROLLBACK_COMPLETE', events }), false)).toMatchObject({
    type: 'failed',
    remedy: "its creation failed and it can only be deleted: run 'sls remove' for this stage, then retry",
  });
});
