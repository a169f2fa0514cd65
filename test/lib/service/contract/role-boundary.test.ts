import { pipelineConfig } from '../../../../lib/config/pipeline-config';
import { findBeyondBoundary } from '../../../../lib/service/contract/role-boundary';
import { smallPackage } from './small-package';

interface Granting {
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Effect?: string;
}

/** @returns The breaches of a service whose functions share a role with this statement. */
function breachesOf(statement: Granting, functionPermissions: unknown[] = []) {
  const config = pipelineConfig({
    repository: 'acme/shop',
    branch: 'main',
    environments: [{ name: 'prod' }],
    functionPermissions,
  });
  return findBeyondBoundary(
    smallPackage({
      functionPermissions: config.functionPermissions,
      resources: {
        IamRoleLambdaExecution: {
          Type: 'AWS::IAM::Role',
          Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] },
        },
        Orders: { Type: 'AWS::DynamoDB::Table' },
      },
    }),
  );
}

const inline = (statement: object) => ({ Policies: [{ PolicyDocument: { Statement: [statement] } }] });

const arn = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

test.each<[string, Granting]>([
  [
    'a table of the stack',
    { Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: [{ 'Fn::GetAtt': ['Orders', 'Arn'] }] },
  ],
  ['what is named after the stack', { Action: 'sqs:SendMessage', Resource: arn('sqs', 'shop-prod-*') }],
  [
    'the logs of sls',
    { Action: ['logs:PutLogEvents'], Resource: [arn('logs', 'log-group:/aws/lambda/shop-prod*:*:*')] },
  ],
  ['tracing', { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: ['*'] }],
  [
    'the report of a hook',
    {
      Action: ['codedeploy:PutLifecycleEventHookExecutionStatus'],
      Resource: [arn('codedeploy', 'deploymentgroup:shop-prod-App/shop-prod-Hello')],
    },
  ],
  ['what is denied', { Effect: 'Deny', Action: 'ses:SendEmail', Resource: '*' }],
])('within the boundary is %s', (_, statement) => {
  expect(breachesOf(statement)).toEqual([]);
});

test.each<[string, Granting]>([
  ['an action that the boundary does not have', { Action: 'ses:SendEmail', Resource: '*' }],
  [
    'a table of another service',
    { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: arn('dynamodb', 'table/customers') },
  ],
  ['a key', { Action: 'kms:Decrypt', Resource: arn('kms', 'key/0a1b2c3d') }],
])('beyond it, and an error with the functionPermissions that are enough, is %s', (_, statement) => {
  const [breach, ...others] = breachesOf(statement);
  expect(others).toEqual([]);
  expect(breach).toMatchObject({
    severity: 'error',
    path: 'Resources.IamRoleLambdaExecution.Properties.Policies',
    problem: expect.stringContaining('the permissions boundary shop-prod-boundary'),
  });
  const written = JSON.parse(`[${breach!.remedy.slice(breach!.remedy.indexOf('{'))}]`);
  const left = breachesOf(statement, written);
  expect(left.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('an action by a wildcard of which the boundary has none is an error, and has to be written out', () => {
  expect(breachesOf({ Action: 'ses:*', Resource: '*' })).toMatchObject([
    {
      severity: 'error',
      value: 'ses:* on *',
      remedy: 'write the actions that the code calls of ses:* into pipeline.functionPermissions in cdk.json',
    },
  ]);
});

test.each<[string, Granting]>([
  ['all tables', { Action: ['dynamodb:Query'], Resource: '*' }],
  ['all actions on a table of the stack', { Action: 'dynamodb:*', Resource: { 'Fn::GetAtt': ['Orders', 'Arn'] } }],
])('a grant that the boundary narrows is a warning: %s', (_, statement) => {
  expect(breachesOf(statement)).toMatchObject([
    { severity: 'warning', remedy: expect.stringMatching(/^nothing, if that part is enough; or /) },
  ]);
});

test('policies and statements that depend on a condition are compared with both branches', () => {
  const document = (Statement: unknown) => ({ PolicyName: 'own', PolicyDocument: { Statement } });
  const allow = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
  const nothing = { Ref: 'AWS::NoValue' };
  const found = (Policies: unknown) =>
    findBeyondBoundary(smallPackage({ resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Policies } } } }));
  expect(found({ 'Fn::If': ['IsProd', [document([allow('ses:SendEmail')])], nothing] })).toMatchObject([
    { value: 'ses:SendEmail on *' },
  ]);
  expect(
    found([document([{ 'Fn::If': ['IsProd', allow('ses:SendEmail'), allow('polly:SynthesizeSpeech')] }])]),
  ).toMatchObject([{ value: 'ses:SendEmail on *, polly:SynthesizeSpeech on *' }]);
});

const getArn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

test.each<[string, string, unknown]>([
  ['AWS::Kinesis::Stream', 'kinesis:PutRecord', getArn('It')],
  ['AWS::StepFunctions::StateMachine', 'states:StartExecution', { Ref: 'It' }],
  ['AWS::SecretsManager::Secret', 'secretsmanager:GetSecretValue', { Ref: 'It' }],
  ['AWS::DynamoDB::GlobalTable', 'dynamodb:Query', getArn('It')],
  ['AWS::DynamoDB::Table', 'dynamodb:GetRecords', { 'Fn::GetAtt': ['It', 'StreamArn'] }],
  ['AWS::SSM::Parameter', 'ssm:GetParameter', arn('ssm', `parameter/\${It}`)],
  ['AWS::SQS::Queue', 'sqs:SendMessage', getArn('It')],
  ['AWS::Events::EventBus', 'events:PutEvents', getArn('It')],
])('within the boundary is a resource of the stack with a generated name: %s', (Type, Action, Resource) => {
  const Role = { Type: 'AWS::IAM::Role', Properties: inline({ Effect: 'Allow', Action, Resource }) };
  expect(findBeyondBoundary(smallPackage({ resources: { Role, It: { Type } } }))).toEqual([]);
});

test.each<[string, string, string]>([
  ['AWS::Cognito::UserPool', 'cognito-idp:AdminGetUser', 'arn:{partition}:cognito-idp:{region}:{account}:userpool/*'],
  ['AWS::KMS::Key', 'kms:Decrypt', 'arn:{partition}:kms:{region}:{account}:key/*'],
])('an id that AWS generates is a wildcard in functionPermissions: %s', (Type, Action, expected) => {
  const Role = { Type: 'AWS::IAM::Role', Properties: inline({ Effect: 'Allow', Action, Resource: getArn('It') }) };
  expect(findBeyondBoundary(smallPackage({ resources: { Role, It: { Type } } }))).toMatchObject([
    { severity: 'error', remedy: expect.stringContaining(`"resources":["${expected}"]`) },
  ]);
});

test('the ARN of a type that is not known here is not reported, where the boundary has the action', () => {
  const grant = { Effect: 'Allow', Action: 'states:StartExecution', Resource: getArn('It') };
  const resources = { Role: { Type: 'AWS::IAM::Role', Properties: inline(grant) }, It: { Type: 'AWS::Glue::Job' } };
  expect(findBeyondBoundary(smallPackage({ resources }))).toEqual([]);
});

test.each(['bedrock:InvokeModel', 'cloudfront:CreateInvalidation', 'sts:AssumeRole', 'rds-data:ExecuteStatement'])(
  'no ARN is written for an action whose ARNs have another form: %s',
  (Action) => {
    const [breach] = breachesOf({ Action, Resource: '*' });
    expect(breach).toMatchObject({ severity: 'error' });
    expect(breach!.remedy).toBe(
      `write into pipeline.functionPermissions in cdk.json a permission for ${Action} on the ARNs that the code uses, which cannot be known here`,
    );
  },
);
