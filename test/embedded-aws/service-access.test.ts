import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmHistoryCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { strToU8, zipSync } from 'fflate';
import { VirtualClock } from '../../embedded-aws/clock';
import { Random } from '../../embedded-aws/random';
import type { Region } from '../../embedded-aws/region';
import type { Properties } from '../../embedded-aws/resource-type';
import { World } from '../../embedded-aws/world';

const scope = { accountId: '111122223333', region: 'eu-central-1' };

let clock: VirtualClock;
let world: World;
let region: Region;
let directory: string;
let notices: string[];
let denials: string[];

beforeEach(async () => {
  clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  directory = mkdtempSync(join(tmpdir(), 'service-access-'));
  notices = [];
  denials = [];
  world = new World({
    clock,
    random: new Random(1),
    directory,
    onNotice: (notice) => notices.push(notice),
    onDenied: ({ principal, action }) => denials.push(`${principal} ${action}`),
  });
  await world.open();
  region = world.region(scope);
  const code = 'exports.handler = async (event) => { console.log("ran"); if (event.fail) throw new Error("failed"); };';
  world.buckets.create('code', scope, clock.date());
  world.buckets.put('code', 'f.zip', Buffer.from(zipSync({ 'index.js': strToU8(code) })), clock.date());
});
afterEach(async () => {
  await world.close();
  rmSync(directory, { recursive: true });
});

async function deploy(Resources: Properties) {
  const request = {
    stackName: 'app',
    template: { body: JSON.stringify({ Resources }) },
    capabilities: ['CAPABILITY_NAMED_IAM'],
  };
  const { type } = await clock.spawn(() => clock.waitFor(region.cloudFormation.deploy(request)));
  expect(type).toBe('succeeded');
}

/** A function whose role may do these actions. */
const functionWith = (actions: readonly string[], Service = 'lambda.amazonaws.com') => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'run',
      AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } } },
      Policies: actions.map((Action) => ({
        PolicyName: Action.replace(':', '-'),
        PolicyDocument: { Statement: { Effect: 'Allow', Action, Resource: '*' } },
      })),
    },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'worker',
      Code: { S3Bucket: 'code', S3Key: 'f.zip' },
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
      Handler: 'index.handler',
      Runtime: 'nodejs20.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    },
  },
});
const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const session = `arn:aws:sts::${scope.accountId}:assumed-role/run/worker`;

test('a function logs when its role may do so', async () => {
  await deploy(functionWith(LOGS));
  await region.lambda.invoke('worker', '{}');
  expect(region.logs.read('/aws/lambda/worker').map(({ message }) => message)).toContainEqual(
    expect.stringContaining('ran'),
  );
  expect(denials).toEqual([]);
});

test.each(LOGS)('a function whose role lacks %s runs, but does not log', async (missing) => {
  await deploy(functionWith(LOGS.filter((action) => action !== missing)));
  expect((await region.lambda.invoke('worker', '{}')).functionError).toBeUndefined();
  expect(region.logs.groups('/aws/lambda/worker')).toEqual([]);
  expect(denials).toEqual([`${session} ${missing}`]);
});

test('a function whose role does not trust Lambda cannot be invoked', async () => {
  await deploy(functionWith(LOGS, 'ec2.amazonaws.com'));
  await expect(region.lambda.invoke('worker', '{}')).rejects.toThrow('no role trust policy allows the sts:AssumeRole');
});

test.each([
  [[...LOGS, 'sqs:SendMessage'], 1],
  [LOGS, 0],
])('an event that failed three times reaches the dead-letter queue when the role may %j', async (actions, letters) => {
  await deploy(functionWith(actions));
  void region.lambda.invokeAsync('worker', '{"fail":true}');
  await clock.elapse(10 * 60_000);
  expect(region.sqs.messages('dead')).toHaveLength(letters);
  expect(notices.filter((notice) => notice.includes('an event was lost'))).toHaveLength(1 - letters);
});

const TOPIC = `arn:aws:sns:${scope.region}:${scope.accountId}:alarms`;
const publishers = (Condition: object) => ({
  Policy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'Topic' }],
      PolicyDocument: {
        Statement: {
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Resource: TOPIC,
          Condition,
        },
      },
    },
  },
});

test.each([
  ['by its default policy', {}, 1],
  ['by a policy for its alarm', publishers({ ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:mine-*' } }), 1],
  ['not by a policy for others', publishers({ ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:x' } }), 0],
])('a topic accepts the message of an alarm %s', async (_, policy: Properties, messages) => {
  await deploy({
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
    ...policy,
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'mine-1',
        AlarmActions: [{ Ref: 'Topic' }],
        Namespace: 'Shop',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
  });
  const credentials = world.visitor(scope.accountId);
  const client = new CloudWatchClient({ endpoint: world.url, region: scope.region, credentials });
  await client.send(new SetAlarmStateCommand({ AlarmName: 'mine-1', StateValue: 'ALARM', StateReason: 'test' }));
  expect(region.sns.topic(TOPIC).messages).toHaveLength(messages);
  const { AlarmHistoryItems = [] } = await client.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'mine-1', HistoryItemType: 'Action' }),
  );
  client.destroy();
  expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
    messages === 1
      ? `Successfully executed action ${TOPIC}`
      : expect.stringMatching(`Failed to execute action ${TOPIC}. Received error: .*sns:Publish`),
  ]);
});
