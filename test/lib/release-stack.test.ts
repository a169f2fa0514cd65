import { Match } from 'aws-cdk-lib/assertions';
import { synthesise, TWO_ACCOUNTS, TWO_ENVIRONMENTS } from './fixtures';

const release = synthesise(TWO_ACCOUNTS).release('prod');

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const actionsOf = (statement: Statement) => [statement.Action].flat();

function statements(role: 'greeter-prod-deploy' | 'greeter-prod-cloudformation', of = release): Statement[] {
  const [found] = Object.values(of.findResources('AWS::IAM::Role', { Properties: { RoleName: role } }));
  return found?.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  );
}

function allowing(action: string, among: readonly Statement[]): Statement[] {
  return among.filter((statement) => actionsOf(statement).includes(action));
}

test("only the environment's own Deploy action may become its deploy role", () => {
  release.hasResourceProperties('AWS::IAM::Role', {
    RoleName: 'greeter-prod-deploy',
    Path: '/release/',
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: 'arn:aws:iam::111111111111:root' },
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/PipelineStack-prod-deploy-action' },
          },
        },
      ],
    },
  });
});

test('the deploy role changes the stack with the CloudFormation role only', () => {
  const cloudFormationRole = 'arn:aws:iam::222222222222:role/release/greeter-prod-cloudformation';
  const deploy = statements('greeter-prod-deploy');
  expect(allowing('cloudformation:CreateChangeSet', deploy)).toEqual([
    expect.objectContaining({
      Resource: 'arn:aws:cloudformation:eu-central-1:222222222222:stack/greeter-prod/*',
      Condition: { ArnEquals: { 'cloudformation:RoleArn': cloudFormationRole } },
    }),
  ]);
  expect(allowing('iam:PassRole', deploy)).toEqual([
    expect.objectContaining({
      Resource: cloudFormationRole,
      Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    }),
  ]);
  expect(allowing('cloudformation:UpdateStack', deploy)).toEqual([]);
  expect(allowing('lambda:UpdateFunctionCode', deploy)).toEqual([]);
});

test('CloudFormation reaches the roles of the service, and neither of the roles of the release', () => {
  const cloudFormation = statements('greeter-prod-cloudformation');
  for (const action of ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PassRole']) {
    expect(allowing(action, cloudFormation)).toEqual([
      expect.objectContaining({ Resource: 'arn:aws:iam::222222222222:role/greeter-prod-*' }),
    ]);
  }
  expect(allowing('iam:AttachRolePolicy', cloudFormation)).toEqual([]);
});

test('CloudFormation reaches functions, log groups and alarms of this environment only', () => {
  const place = 'eu-central-1:222222222222';
  const cloudFormation = statements('greeter-prod-cloudformation');
  expect(
    ['lambda:UpdateFunctionCode', 'logs:CreateLogGroup', 'cloudwatch:PutMetricAlarm'].map(
      (action) => allowing(action, cloudFormation)[0]?.Resource,
    ),
  ).toEqual([
    `arn:aws:lambda:${place}:function:greeter-prod-*`,
    `arn:aws:logs:${place}:log-group:/aws/lambda/greeter-prod-*`,
    `arn:aws:cloudwatch:${place}:alarm:greeter-prod-*`,
  ]);
});

test('the Deploy action reads the logs, alarms and AppSpecs of this environment only, and changes none', () => {
  const place = 'eu-central-1:222222222222';
  const deploy = statements('greeter-prod-deploy');
  expect(
    ['logs:FilterLogEvents', 'cloudwatch:DescribeAlarmHistory', 'codedeploy:GetApplicationRevision'].map(
      (action) => allowing(action, deploy)[0]?.Resource,
    ),
  ).toEqual([
    `arn:aws:logs:${place}:log-group:/aws/lambda/greeter-prod-*`,
    `arn:aws:cloudwatch:${place}:alarm:greeter-prod-*`,
    `arn:aws:codedeploy:${place}:application:greeter-prod-*`,
  ]);
  for (const action of ['logs:PutLogEvents', 'cloudwatch:SetAlarmState', 'codedeploy:StopDeployment']) {
    expect(allowing(action, deploy)).toEqual([]);
  }
});

test('no action is a wildcard, and everything is a resource only where there is none to name', () => {
  const all = [...statements('greeter-prod-deploy'), ...statements('greeter-prod-cloudformation')];
  expect(all.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  expect(all.filter(({ Resource }) => Resource === '*').flatMap(actionsOf)).toEqual([
    'cloudformation:ValidateTemplate',
    'cloudwatch:GetMetricData',
  ]);
  release.resourcePropertiesCountIs('AWS::IAM::Role', { ManagedPolicyArns: Match.anyValue() }, 0);
});

test('what else the service creates is allowed as configured, in this environment', () => {
  const extended = synthesise({
    ...TWO_ACCOUNTS,
    deployPermissions: [
      {
        actions: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
        resources: ['arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*'],
      },
    ],
  }).release('prod');
  expect(allowing('dynamodb:CreateTable', statements('greeter-prod-cloudformation', extended))).toEqual([
    {
      Effect: 'Allow',
      Action: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
      Resource: 'arn:aws:dynamodb:eu-central-1:222222222222:table/greeter-prod-*',
    },
  ]);
});

test("only the service's own alarms may publish to the topic, and only by TLS", () => {
  release.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'greeter-prod-alarms' });
  release.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: {
            ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:eu-central-1:222222222222:alarm:greeter-prod-*' },
            StringEquals: { 'aws:SourceAccount': '222222222222' },
          },
        }),
      ],
    },
  });
});

test('without an account in the configuration an environment is wherever its pipeline is', () => {
  const anywhere = JSON.stringify(synthesise(TWO_ENVIRONMENTS).release('prod').toJSON());
  expect(anywhere).not.toMatch(/\d{12}/);
  expect(anywhere).toContain('"Ref":"AWS::AccountId"');
});
