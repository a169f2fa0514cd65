import { evaluateAccess, type NamedPolicy } from '../../../aws-rules/access/evaluate';
import { parsePolicy } from '../../../aws-rules/access/policy';
import { RELEASE_NAMESPACE } from '../../../release/ledger/release-metrics';
import { synthesise, TWO_ACCOUNTS } from '../fixtures';

const ACCOUNT = '222222222222';
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/release/greeter-prod-boundary`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/greeter-prod-hello`;
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const EXECUTION = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

const release = synthesise({
  ...TWO_ACCOUNTS,
  // Even a configuration that allows to write any role does not allow to write one without the boundary.
  deployPermissions: [
    {
      actions: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:CreatePolicyVersion', 'iam:DeleteRolePermissionsBoundary'],
      resources: ['arn:{partition}:iam::{account}:role/*', 'arn:{partition}:iam::{account}:policy/*'],
    },
  ],
}).release('prod');

function policiesOf(role: string): NamedPolicy[] {
  const [found] = Object.values(release.findResources('AWS::IAM::Role', { Properties: { RoleName: role } }));
  return found?.Properties.Policies.map(({ PolicyName, PolicyDocument }: Record<string, unknown>) => ({
    name: PolicyName,
    document: parsePolicy(PolicyDocument),
  }));
}

function session(name: string, path = '/release/') {
  return {
    type: 'session' as const,
    accountId: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/session`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
  };
}

const cloudFormation = policiesOf('greeter-prod-cloudformation');

/** Whether CloudFormation's role of prod may do something. */
function may(action: string, resource: string, context: Record<string, string> = {}): boolean {
  const principal = session('greeter-prod-cloudformation');
  return evaluateAccess({ request: { principal, action, resource, context }, identityPolicies: cloudFormation })
    .allowed;
}

const bounded = { 'iam:PermissionsBoundary': BOUNDARY };

test('CloudFormation may create, change and delete roles that have the boundary', () => {
  for (const action of [
    'iam:CreateRole',
    'iam:PutRolePolicy',
    'iam:DeleteRolePolicy',
    'iam:PutRolePermissionsBoundary',
  ]) {
    expect([action, may(action, ROLE, bounded)]).toEqual([action, true]);
  }
  expect(may('iam:AttachRolePolicy', ROLE, { ...bounded, 'iam:PolicyARN': EXECUTION })).toBe(true);
  expect(may('iam:DeleteRole', ROLE)).toBe(true);
  expect(may('iam:PassRole', ROLE, { 'iam:PassedToService': 'lambda.amazonaws.com' })).toBe(true);
});

test.each<[string, string, string, Record<string, string>?]>([
  ['a role without a boundary', 'iam:CreateRole', ROLE],
  ['a role with another boundary', 'iam:CreateRole', ROLE, { 'iam:PermissionsBoundary': ADMINISTRATOR }],
  ['a policy for a role without a boundary', 'iam:PutRolePolicy', ROLE],
  ['the boundary removed', 'iam:DeleteRolePermissionsBoundary', ROLE, bounded],
  ['the boundary replaced', 'iam:PutRolePermissionsBoundary', ROLE, { 'iam:PermissionsBoundary': ADMINISTRATOR }],
  ['a policy version of the boundary', 'iam:CreatePolicyVersion', BOUNDARY],
  ['the boundary deleted', 'iam:DeletePolicy', BOUNDARY],
  ["an old role's trust changed", 'iam:UpdateAssumeRolePolicy', ROLE, bounded],
  ['a policy with administrator access', 'iam:AttachRolePolicy', ROLE, { ...bounded, 'iam:PolicyARN': ADMINISTRATOR }],
  [
    "the pipeline's own role rewritten",
    'iam:PutRolePolicy',
    `arn:aws:iam::${ACCOUNT}:role/release/greeter-prod-deploy`,
    bounded,
  ],
  ['a role of another stack', 'iam:DeleteRole', `arn:aws:iam::${ACCOUNT}:role/greeter-staging-hello`],
  [
    "another environment's role passed on",
    'iam:PassRole',
    `arn:aws:iam::${ACCOUNT}:role/greeter-staging-hello`,
    { 'iam:PassedToService': 'lambda.amazonaws.com' },
  ],
  [
    'a role passed to a service that runs no part of a service',
    'iam:PassRole',
    ROLE,
    { 'iam:PassedToService': 'ec2.amazonaws.com' },
  ],
  ['a user', 'iam:CreateUser', `arn:aws:iam::${ACCOUNT}:user/greeter-prod-x`],
  [
    'an alarm that terminates instances',
    'cloudwatch:PutMetricAlarm',
    `arn:aws:cloudwatch:eu-central-1:${ACCOUNT}:alarm:greeter-prod-x`,
    { 'cloudwatch:AlarmActions': 'arn:aws:automate:eu-central-1:ec2:terminate' },
  ],
])('CloudFormation is denied %s', (_, action, resource, context = {}) => {
  expect(may(action, resource, context)).toBe(false);
});

describe('within the boundary, a role whose own policy allows everything', () => {
  const [policy] = Object.values(release.findResources('AWS::IAM::ManagedPolicy'));
  const boundary = { name: 'boundary', document: parsePolicy(policy?.Properties.PolicyDocument) };
  const everything = {
    name: 'own',
    document: parsePolicy({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
  };
  const can = (action: string, resource: string, context: Record<string, string> = {}) =>
    evaluateAccess({
      request: { principal: session('greeter-prod-hello', '/'), action, resource, context },
      identityPolicies: [everything],
      boundary,
    }).allowed;
  const here = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:${ACCOUNT}:${resource}`;

  test.each([
    ['logs:PutLogEvents', here('logs', 'log-group:/aws/lambda/greeter-prod-hello:log-stream:x')],
    ['lambda:InvokeFunction', here('lambda', 'function:greeter-prod-hello:7')],
    ['lambda:UpdateAlias', here('lambda', 'function:greeter-prod-hello')],
    ['dynamodb:PutItem', here('dynamodb', 'table/greeter-prod-orders')],
    ['dynamodb:Query', here('dynamodb', 'table/greeter-prod-orders/index/by-day')],
    ['sqs:SendMessage', here('sqs', 'greeter-prod-jobs')],
    ['s3:PutObject', 'arn:aws:s3:::greeter-prod-uploads/a/b'],
    [
      'codedeploy:PutLifecycleEventHookExecutionStatus',
      here('codedeploy', 'deploymentgroup:greeter-prod-App-1/greeter-prod-HelloDeploymentGroup'),
    ],
    ['cloudwatch:GetMetricData', '*'],
    ['ec2:CreateNetworkInterface', '*'],
    ['kinesis:SubscribeToShard', here('kinesis', 'stream/greeter-prod-clicks')],
    ['logs:PutLogEvents', here('logs', 'log-group:/aws/lambda-insights:log-stream:x')],
  ])('may %s on %s', (action, resource) => expect(can(action, resource)).toBe(true));

  test.each([
    ['iam:CreateUser', `arn:aws:iam::${ACCOUNT}:user/x`],
    ['iam:PassRole', ROLE],
    ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/admin`],
    ['lambda:UpdateFunctionCode', here('lambda', 'function:greeter-prod-hello')],
    ['lambda:InvokeFunction', here('lambda', 'function:greeter-staging-hello')],
    ['dynamodb:PutItem', here('dynamodb', 'table/greeter-staging-orders')],
    ['s3:PutObject', 'arn:aws:s3:::greeter-prod-serverlessdeploymentbucket-1a2b3c/serverless/x'],
    ['cloudformation:UpdateStack', here('cloudformation', 'stack/greeter-prod/1')],
    ['dynamodb:PutItem', here('dynamodb', 'table/greeter-prod-releases')],
    ['sqs:DeleteMessage', here('sqs', 'greeter-prod-release-undelivered')],
    ['sns:Publish', here('sns', 'greeter-prod-alarms')],
  ])('may not %s on %s', (action, resource) => expect(can(action, resource)).toBe(false));

  test('counts no releases, and changes no network interfaces by its own calls', () => {
    expect(can('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'Orders' })).toBe(true);
    expect(can('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': RELEASE_NAMESPACE })).toBe(false);
    const own = { 'lambda:SourceFunctionArn': here('lambda', 'function:greeter-prod-hello') };
    expect(can('ec2:DeleteNetworkInterface', here('ec2', 'network-interface/eni-1'), own)).toBe(false);
  });
});

test('functionPermissions of the configuration widen the boundary', () => {
  const functionPermissions = [
    { actions: ['ses:SendEmail'], resources: ['arn:{partition}:ses:{region}:{account}:identity/*'] },
  ];
  const wider = synthesise({ ...TWO_ACCOUNTS, functionPermissions }).release('prod');
  const [policy] = Object.values(wider.findResources('AWS::IAM::ManagedPolicy'));
  expect(policy?.Properties.PolicyDocument.Statement).toContainEqual({
    Effect: 'Allow',
    Action: 'ses:SendEmail',
    Resource: `arn:aws:ses:eu-central-1:${ACCOUNT}:identity/*`,
  });
});

test('a boundary that would be longer than IAM allows is refused with the number', () => {
  const resources = Array.from(
    { length: 40 },
    (_, at) => `arn:{partition}:ses:{region}:{account}:identity/customer-${at}`,
  );
  const functionPermissions = [{ actions: ['ses:SendEmail'], resources }];
  expect(() => synthesise({ ...TWO_ACCOUNTS, functionPermissions })).toThrow(
    /^pipeline\.functionPermissions: [\d,]+ characters for the managed policy, without whitespace; IAM allows 6,144, and this is what the permissions boundary "greeter-(staging|prod)-boundary" may have; write fewer permissions/,
  );
});
