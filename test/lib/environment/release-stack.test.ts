import { Match } from 'aws-cdk-lib/assertions';
import { takesNoResource } from '../../../aws-rules/resource-level';
import { ledgerTableName } from '../../../release/ledger/ledger-table';
import { synthesise, TWO_ACCOUNTS, TWO_ENVIRONMENTS } from '../fixtures';

const release = synthesise(TWO_ACCOUNTS).release('prod');

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const BUS = 'arn:aws:events:eu-central-1:111111111111:event-bus/PipelineStack-releases';

const actionsOf = (statement: Statement) => [statement.Action].flat();

type RoleName = 'greeter-prod-deploy' | 'greeter-prod-cloudformation' | 'greeter-prod-watch' | 'greeter-prod-board';

function statements(role: RoleName, template = release): Statement[] {
  const [found] = Object.values(template.findResources('AWS::IAM::Role', { Properties: { RoleName: role } }));
  return found?.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  );
}

function allowing(action: string, among: readonly Statement[]): Statement[] {
  return among.filter((statement) => statement.Effect === 'Allow' && actionsOf(statement).includes(action));
}

test("only the environment's own Deploy action may assume its deploy role", () => {
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
            ArnEquals: { 'aws:PrincipalArn': ['arn:aws:iam::111111111111:role/PipelineStack-prod-deploy-action'] },
          },
        },
      ],
    },
  });
});

test('the deploy role can change the stack only with the CloudFormation role', () => {
  const cloudFormationRole = 'arn:aws:iam::222222222222:role/release/greeter-prod-cloudformation';
  const deploy = statements('greeter-prod-deploy');
  expect(allowing('cloudformation:CreateChangeSet', deploy)).toEqual([
    expect.objectContaining({
      Resource: 'arn:aws:cloudformation:eu-central-1:222222222222:stack/greeter-prod/*',
      Condition: {
        ArnEquals: { 'cloudformation:RoleArn': cloudFormationRole },
        Null: { 'cloudformation:ImportResourceTypes': 'true' },
      },
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

test.each([
  ['watch', ['canary', 'notifier']],
  ['board', ['alarm-board']],
])("only the pipeline's functions that need it may assume an environment's %s role", (role, functions) => {
  release.hasResourceProperties('AWS::IAM::Role', {
    RoleName: `greeter-prod-${role}`,
    Path: '/release/',
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: 'arn:aws:iam::111111111111:root' },
          Condition: {
            ArnEquals: {
              'aws:PrincipalArn': functions.map((name) => `arn:aws:iam::111111111111:role/PipelineStack-${name}`),
            },
          },
        },
      ],
    },
  });
});

test('the watch role may read what Deploy reads, and write only to the ledger and the release metrics', () => {
  const writes = /:(?!(Get|List|Describe|BatchGet|Filter|Query))/;
  const watch = statements('greeter-prod-watch');
  expect(watch.flatMap(actionsOf).filter((action) => writes.test(action))).toEqual([
    'dynamodb:PutItem',
    'cloudwatch:PutMetricData',
  ]);
  const grants = (among: readonly Statement[]) =>
    among.flatMap((each) => actionsOf(each).map((action) => `${action} on ${each.Resource}`));
  expect(grants(statements('greeter-prod-deploy'))).toEqual(expect.arrayContaining(grants(watch)));
  expect(watch.flatMap(actionsOf)).toContain('codedeploy:BatchGetDeploymentGroups');
});

test('the board role may read the alarms and the ledger, and write nothing', () => {
  expect(statements('greeter-prod-board')).toEqual([
    {
      Effect: 'Allow',
      Action: 'cloudwatch:DescribeAlarms',
      Resource: 'arn:aws:cloudwatch:eu-central-1:222222222222:alarm:*',
    },
    {
      Effect: 'Allow',
      Action: 'dynamodb:Query',
      Resource: 'arn:aws:dynamodb:eu-central-1:222222222222:table/greeter-prod-releases',
    },
  ]);
});

test.each(['greeter-prod-deploy', 'greeter-prod-watch'] as const)(
  '%s writes only to the ledger of this environment and to the metrics of releases',
  (role) => {
    expect(allowing('dynamodb:PutItem', statements(role))).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:PutItem', 'dynamodb:Query'],
        Resource: 'arn:aws:dynamodb:eu-central-1:222222222222:table/greeter-prod-releases',
      },
    ]);
    expect(allowing('cloudwatch:PutMetricData', statements(role))).toEqual([
      expect.objectContaining({ Condition: { StringEquals: { 'cloudwatch:namespace': 'Releases' } } }),
    ]);
  },
);

test('the ledger is the table that release/ writes to, has backups, and deletes expired items', () => {
  release.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Delete',
    Properties: {
      TableName: ledgerTableName('greeter-prod'),
      KeySchema: [
        { AttributeName: 'kind', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    },
  });
});

test("the event of a stopped shift is sent to the pipeline's bus, with a role that only this rule may assume", () => {
  release.hasResourceProperties('AWS::Events::Rule', {
    Name: 'greeter-prod-shifts',
    EventBusName: Match.absent(),
    EventPattern: {
      source: ['aws.codedeploy'],
      'detail-type': ['CodeDeploy Deployment State-change Notification'],
      detail: {
        state: ['FAILURE', 'STOP'],
        deploymentGroup: [{ prefix: 'greeter-prod-' }],
      },
    },
    Targets: [
      Match.objectLike({
        Arn: BUS,
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ShiftEvents'), 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^UndeliveredShifts'), 'Arn'] } },
      }),
    ],
  });
  release.hasResourceProperties('AWS::IAM::Role', {
    Path: '/release/',
    AssumeRolePolicyDocument: {
      Statement: [
        Match.objectLike({
          Principal: { Service: 'events.amazonaws.com' },
          Condition: {
            ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-central-1:222222222222:rule/greeter-prod-shifts' },
            StringEquals: { 'aws:SourceAccount': '222222222222' },
          },
        }),
      ],
    },
    Policies: [
      Match.objectLike({
        PolicyDocument: Match.objectLike({
          Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: BUS }],
        }),
      }),
    ],
  });
});

test('an event that cannot be sent is kept in a queue, whose alarm notifies the topic of alarms', () => {
  release.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'greeter-prod-release-undelivered' });
  release.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'greeter-prod-release-undelivered',
    Threshold: 1,
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Alarms') }],
  });
});

test("CloudFormation may change the service's roles, but not those of the release", () => {
  const cloudFormation = statements('greeter-prod-cloudformation');
  for (const action of ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PassRole']) {
    expect(allowing(action, cloudFormation)).toEqual([
      expect.objectContaining({ Resource: 'arn:aws:iam::222222222222:role/greeter-prod-*' }),
    ]);
  }
});

test('the permissions boundary names its pipeline where it cannot be changed, and every other role waits for it', () => {
  const policies = release.findResources('AWS::IAM::ManagedPolicy');
  const [[id, policy] = []] = Object.entries(policies);
  expect(policy?.Properties).toMatchObject({
    ManagedPolicyName: 'greeter-prod-boundary',
    Path: '/release/',
    Description: 'Limits the roles of the service that the pipeline PipelineStack releases as greeter-prod',
  });
  const roles = Object.values(release.findResources('AWS::IAM::Role', { Properties: { RoleName: Match.anyValue() } }));
  expect(roles).toHaveLength(4);
  for (const { DependsOn } of roles) expect(DependsOn).toEqual([id]);
});

test("CloudFormation may attach AWS's execution policies to the service's roles, and no other policy", () => {
  const [attach, ...others] = allowing('iam:AttachRolePolicy', statements('greeter-prod-cloudformation'));
  expect(others).toEqual([]);
  expect(attach).toMatchObject({
    Action: 'iam:AttachRolePolicy',
    Resource: 'arn:aws:iam::222222222222:role/greeter-prod-*',
  });
  const { ArnEquals } = (attach as Statement).Condition as { ArnEquals: { 'iam:PolicyARN': string[] } };
  expect(ArnEquals['iam:PolicyARN']).toContain('arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole');
  expect(ArnEquals['iam:PolicyARN'].filter((arn) => /FullAccess|Administrator|PowerUser|\*/.test(arn))).toEqual([]);
});

test("CloudFormation may read whatever AWS's handler of functions reads, and tag the deployment bucket", () => {
  const granted = statements('greeter-prod-cloudformation').flatMap(actionsOf);
  expect(granted).toEqual(
    expect.arrayContaining([
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetFunctionRecursionConfig',
      'lambda:GetFunctionScalingConfig',
      'lambda:GetRuntimeManagementConfig',
      's3:ListTagsForResource',
      's3:TagResource',
      's3:UntagResource',
    ]),
  );
});

test('CloudFormation may change functions, log groups and alarms of this environment only', () => {
  const location = 'eu-central-1:222222222222';
  const cloudFormation = statements('greeter-prod-cloudformation');
  expect(
    ['lambda:UpdateFunctionCode', 'logs:CreateLogGroup', 'cloudwatch:PutMetricAlarm'].map(
      (action) => allowing(action, cloudFormation)[0]?.Resource,
    ),
  ).toEqual([
    `arn:aws:lambda:${location}:function:greeter-prod-*`,
    `arn:aws:logs:${location}:log-group:/aws/lambda/greeter-prod-*`,
    `arn:aws:cloudwatch:${location}:alarm:greeter-prod-*`,
  ]);
});

test('the Deploy action may read the logs, alarms and AppSpecs of this environment only, and change none', () => {
  const location = 'eu-central-1:222222222222';
  const deploy = statements('greeter-prod-deploy');
  expect(
    ['logs:FilterLogEvents', 'cloudwatch:DescribeAlarmHistory', 'codedeploy:GetApplicationRevision'].map(
      (action) => allowing(action, deploy)[0]?.Resource,
    ),
  ).toEqual([
    `arn:aws:logs:${location}:log-group:/aws/lambda/greeter-prod-*`,
    `arn:aws:cloudwatch:${location}:alarm:greeter-prod-*`,
    `arn:aws:codedeploy:${location}:application:greeter-prod-*`,
  ]);
  for (const action of ['logs:PutLogEvents', 'cloudwatch:SetAlarmState', 'codedeploy:StopDeployment']) {
    expect(allowing(action, deploy)).toEqual([]);
  }
});

test('no action has a wildcard, and the resource is * only for actions without resources', () => {
  const all = [
    ...statements('greeter-prod-deploy'),
    ...statements('greeter-prod-cloudformation'),
    ...statements('greeter-prod-watch'),
    ...statements('greeter-prod-board'),
  ];
  const allowed = all.filter(({ Effect }) => Effect === 'Allow');
  expect(allowed.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  const everywhere = allowed.filter(({ Resource }) => Resource === '*').flatMap(actionsOf);
  expect(everywhere.filter((action) => !takesNoResource(action))).toEqual([]);
  expect(everywhere).toContain('cloudformation:ValidateTemplate');
  release.resourcePropertiesCountIs('AWS::IAM::Role', { ManagedPolicyArns: Match.anyValue() }, 0);
});

test('deployPermissions of the configuration are granted, limited to this environment', () => {
  const extended = synthesise({
    ...TWO_ACCOUNTS,
    deployPermissions: [
      {
        actions: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
        resources: ['arn:{partition}:dynamodb:{region}:{account}:table/{stack}-*'],
      },
      {
        actions: ['lambda:CreateEventSourceMapping'],
        resources: ['*'],
        condition: {
          ArnLike: { 'lambda:FunctionArn': 'arn:{partition}:lambda:{region}:{account}:function:{stack}-*' },
        },
      },
    ],
  }).release('prod');
  expect(allowing('lambda:CreateEventSourceMapping', statements('greeter-prod-cloudformation', extended))).toEqual([
    {
      Effect: 'Allow',
      Action: 'lambda:CreateEventSourceMapping',
      Resource: '*',
      Condition: {
        ArnLike: { 'lambda:FunctionArn': 'arn:aws:lambda:eu-central-1:222222222222:function:greeter-prod-*' },
      },
    },
  ]);
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

test('without a configured account, an environment is in the account of its pipeline', () => {
  const anywhere = JSON.stringify(synthesise(TWO_ENVIRONMENTS).release('prod').toJSON());
  expect(anywhere).not.toMatch(/\d{12}/);
  expect(anywhere).toContain('"Ref":"AWS::AccountId"');
});
