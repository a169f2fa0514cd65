import type { ResourceChange } from '../../aws-rules/resource-handlers/handler-call';
import { handlerCalls, KNOWN_TYPES } from '../../aws-rules/resource-handlers/handler-calls';
import published from '../../aws-rules/resource-handlers/published-permissions.json';
import vectors from './vectors/resource-handlers.json';

const location = { partition: 'aws', region: 'eu-central-1', account: '111111111111' };

interface Case {
  readonly stackName?: string;
  readonly roles?: Readonly<Record<string, { readonly arn: string; readonly permissionsBoundary: string }>>;
  readonly change: Omit<ResourceChange, 'stackName' | 'location'>;
  readonly calls: readonly unknown[];
}

test.each(vectors.cases)('$change.operation of $change.type: $rule', (vector) => {
  const { stackName = 'shop-prod', roles = {}, change, calls } = vector as unknown as Case;
  expect(handlerCalls({ ...change, stackName, location, roleOf: (name) => roles[name] })).toEqual(calls);
});

function change(type: string, more: Partial<ResourceChange> = {}): ResourceChange {
  return { type, operation: 'create', properties: {}, stackName: 'shop-prod', logicalId: 'It', location, ...more };
}

test('the calls of a type that is not known are undefined, and not none', () => {
  expect(handlerCalls(change('AWS::Cognito::UserPool'))).toBeUndefined();
  expect(handlerCalls(change('toString'))).toBeUndefined();
  expect(handlerCalls(change('AWS::CDK::Metadata'))).toEqual([]);
});

test('every type whose permissions AWS publishes has its table', () => {
  expect(Object.keys(published.types).filter((type) => !KNOWN_TYPES.includes(type))).toEqual([]);
});

const withoutCalls = ['AWS::CDK::Metadata', 'AWS::CloudFormation::WaitConditionHandle'];
const tables = KNOWN_TYPES.filter((type) => !withoutCalls.includes(type));
/** Deleting the account's settings, or a policy of no topic or queue, calls nothing. */
const emptyDeletions = ['AWS::ApiGateway::Account', 'AWS::IAM::Policy', 'AWS::IAM::RolePolicy'];
const ofLists = ['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy', 'AWS::IAM::Policy', 'AWS::IAM::RolePolicy'];

test.each(tables.filter((type) => !ofLists.includes(type)))('%s is created and deleted by calls on ARNs', (type) => {
  const creation = handlerCalls(change(type))!;
  const deletion = handlerCalls(change(type, { operation: 'delete', physicalId: 'it' }))!;
  expect(creation).not.toHaveLength(0);
  if (!emptyDeletions.includes(type)) expect(deletion).not.toHaveLength(0);
  for (const { action, resource } of [...creation, ...deletion]) {
    expect(action).toMatch(/^[a-z0-9-]+:[A-Z]\w+$/);
    expect(resource).toMatch(/^(\*|it|arn:aws:[a-z0-9-]+:.*)$/);
  }
});

test('an update that changes nothing but tags only sets them', () => {
  const previous = {
    ApplicationName: 'app',
    Tags: [
      { Key: 'team', Value: 'a' },
      { Key: 'old', Value: 'x' },
    ],
  };
  const properties = { ApplicationName: 'app', Tags: [{ Key: 'team', Value: 'b' }] };
  const update = change('AWS::CodeDeploy::Application', {
    operation: 'update',
    physicalId: 'app',
    properties,
    previous,
  });
  expect(handlerCalls(update)?.map(({ action, context }) => [action, context])).toEqual([
    ['codedeploy:TagResource', { 'aws:TagKeys': ['team'], 'aws:RequestTag/team': 'b' }],
    ['codedeploy:UntagResource', { 'aws:TagKeys': ['old'] }],
  ]);
});
