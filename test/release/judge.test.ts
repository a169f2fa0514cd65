import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ReleaseFacts } from '../../release/collect';
import { judge } from '../../release/judge';
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
