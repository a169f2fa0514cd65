import { createHash } from 'node:crypto';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { VirtualClock } from '../../embedded-aws/clock';
import { CloudWatch } from '../../embedded-aws/cloudwatch/cloudwatch';
import { Endpoint } from '../../embedded-aws/endpoint';
import { Random } from '../../embedded-aws/random';
import type { Properties } from '../../embedded-aws/resource-type';
import { md5OfAttributes } from '../../embedded-aws/sqs/message';
import { Sqs } from '../../embedded-aws/sqs/sqs';
import { authorizeUsers } from '../support/administrator';

const scope = { accountId: '111111111111', region: 'eu-central-1' };
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const minute = 60_000;

let clock: VirtualClock;
let cloudwatch: CloudWatch;
let sqs: Sqs;
let endpoint: Endpoint;
let client: SQSClient;

beforeEach(async () => {
  clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'));
  const random = new Random(1);
  cloudwatch = new CloudWatch({ scope, clock, random });
  sqs = new Sqs({ scope, clock, random, metrics: cloudwatch, endpointUrl: () => endpoint.url });
  endpoint = new Endpoint({
    service: (name) => (name === 'sqs' ? sqs.api : undefined),
    authenticate: () => ({ ...scope, arn: 'arn:aws:iam::111111111111:user/test' }),
    authorize: authorizeUsers,
  });
  await endpoint.listen();
  client = new SQSClient({ endpoint: endpoint.url, region: scope.region, credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const context = { scope, stackId: 'id', stackName: 'app', logicalId: 'Queue', updatePolicy: undefined } as const;

function make(properties: Properties = {}, type = 'AWS::SQS::Queue') {
  const found = [...sqs.resourceTypes, ...cloudwatch.resourceTypes].find((each) => each.type === type)!;
  return clock.spawn(() => found.create(properties, { ...context, rollback: false, note: () => {} }));
}

test('a stack creates a queue, and Ref is its URL', async () => {
  const made = await make({ QueueName: 'undelivered', MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  const QueueUrl = `${endpoint.url}/111111111111/undelivered`;
  const Arn = 'arn:aws:sqs:eu-central-1:111111111111:undelivered';
  expect(made).toEqual({ id: QueueUrl, attributes: { Arn, QueueName: 'undelivered', QueueUrl } });
  await make({ Queues: [QueueUrl], PolicyDocument: { Statement: [] } }, 'AWS::SQS::QueuePolicy');

  expect((await client.send(new GetQueueUrlCommand({ QueueName: 'undelivered' }))).QueueUrl).toBe(QueueUrl);
  expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'un' }))).QueueUrls).toEqual([QueueUrl]);
  expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'x' }))).QueueUrls).toBeUndefined();
  const answer = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(answer.Attributes).toMatchObject({
    QueueArn: Arn,
    ApproximateNumberOfMessages: '0',
    MessageRetentionPeriod: '1209600',
    VisibilityTimeout: '30',
    Policy: '{"Statement":[]}',
  });
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'other' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
    message: 'The specified queue does not exist.',
  });
});

test('an SDK that is configured by AWS_ENDPOINT_URL alone reaches a queue by its URL', async () => {
  await make({ QueueName: 'q' });
  process.env.AWS_ENDPOINT_URL = endpoint.url;
  const plain = new SQSClient({ region: scope.region, credentials, maxAttempts: 1 });
  try {
    const { QueueUrl } = await plain.send(new GetQueueUrlCommand({ QueueName: 'q' }));
    await plain.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  } finally {
    delete process.env.AWS_ENDPOINT_URL;
    plain.destroy();
  }
  expect(sqs.messages('q')).toMatchObject([{ body: 'hello' }]);
});

test('a message is received with the requested attributes, hidden for a while, and deleted by its newest handle', async () => {
  const { id: QueueUrl } = await make({ QueueName: 'q', VisibilityTimeout: 60 });
  const MessageAttributes = {
    RULE_ARN: { DataType: 'String', StringValue: 'arn' },
    ErrorCode: { DataType: 'Number', StringValue: '200' },
  };
  const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"a":1}', MessageAttributes }));
  expect(sent.MD5OfMessageBody).toBe(createHash('md5').update('{"a":1}').digest('hex'));

  const receive = async (more: object = {}) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages?.[0];
  const first = await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
  expect(first).toMatchObject({
    MessageId: sent.MessageId,
    Body: '{"a":1}',
    MessageAttributes,
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(clock.now()) },
  });
  expect(await receive()).toBeUndefined();
  expect(await counts(QueueUrl)).toEqual({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '1',
  });

  await clock.elapse(minute);
  const second = await receive({ MessageAttributeNames: ['Err.*', 'Other'] });
  expect(Object.keys(second?.MessageAttributes ?? {})).toEqual(['ErrorCode']);
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  expect(sqs.messages('q')).toHaveLength(1);
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle }));
  expect(sqs.messages('q')).toEqual([]);
  await expect(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' }))).rejects.toMatchObject({
    name: 'ReceiptHandleIsInvalid',
  });
});

async function counts(QueueUrl: string) {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  return (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] })))
    .Attributes;
}

test('the digest of attributes follows the SQS developer guide', () => {
  expect(md5OfAttributes({})).toBeUndefined();
  const expected = createHash('md5')
    .update(Buffer.from('\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x02xy', 'latin1'))
    .update(Buffer.from('\0\0\0\x01b\0\0\0\x06Number\x01\0\0\0\x011', 'latin1'))
    .digest('hex');
  const a = { DataType: 'String', StringValue: 'xy' };
  expect(md5OfAttributes({ b: { DataType: 'Number', StringValue: '1' }, a })).toBe(expected);
});

test('a message is deleted after the retention of its queue', async () => {
  await make({ QueueName: 'q', MessageRetentionPeriod: 3600 });
  sqs.send('q', 'old');
  await clock.elapse(30 * minute);
  sqs.send('q', 'new');
  await clock.elapse(30 * minute);
  expect(sqs.messages('q').map(({ body }) => body)).toEqual(['new']);
});

test('an alarm on the messages of a queue changes to ALARM, and back to OK when they are deleted', async () => {
  await make({ QueueName: 'undelivered' });
  const alarm = {
    AlarmName: 'undelivered',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: 'undelivered' }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  };
  await make(alarm, 'AWS::CloudWatch::Alarm');
  await clock.elapse(5 * minute);
  expect(cloudwatch.state('undelivered')?.value).toBe('OK');

  sqs.send('undelivered', 'lost');
  const sent = clock.now();
  await clock.elapse(4 * minute);
  const change = cloudwatch.transitions().find(({ to }) => to === 'ALARM');
  expect((change?.at ?? 0) - sent).toBeGreaterThanOrEqual(45_000);
  expect((change?.at ?? 0) - sent).toBeLessThanOrEqual(165_000);

  // A queue is active while it has messages.
  await clock.elapse(10 * 60 * minute);
  expect(cloudwatch.state('undelivered')?.value).toBe('ALARM');
  const [message] = sqs.receive('undelivered');
  sqs.delete('undelivered', message?.receiptHandle ?? '');
  await clock.elapse(10 * minute);
  expect(cloudwatch.state('undelivered')?.value).toBe('OK');

  // The queue is inactive six hours after its last use.
  await clock.elapse(7 * 60 * minute);
  expect(cloudwatch.state('undelivered')?.value).toBe('INSUFFICIENT_DATA');
});

test.each([
  [{ QueueName: 'q.fifo' }, 'does not support the FIFO queue q.fifo; use a standard queue'],
  [{ QueueName: 'a b' }, 'Can only include alphanumeric characters'],
  [{ MessageRetentionPeriod: 30 }, 'Invalid value for the parameter MessageRetentionPeriod.'],
  [{ VisibilityTimeout: 50_000 }, 'Invalid value for the parameter VisibilityTimeout.'],
])('a queue of %j is refused', async (properties, message) => {
  await expect(make(properties)).rejects.toThrow(message);
});

test('an unsupported member of a call is refused by name', async () => {
  const { id: QueueUrl } = await make({ QueueName: 'q' });
  const send = (more: object) => client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', ...more }));
  await expect(send({ DelaySeconds: 5 })).rejects.toThrow('does not support sqs:SendMessage with DelaySeconds');
  await expect(
    send({ MessageAttributes: { a: { DataType: 'Binary', BinaryValue: new Uint8Array([1]) } } }),
  ).rejects.toThrow('does not support sqs: the message attribute a of type Binary');
  await expect(send({ MessageBody: '' })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(
    client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] })),
  ).rejects.toThrow('does not support sqs:GetQueueAttributes of the attribute RedrivePolicy');
  await expect(client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 }))).rejects.toThrow(
    'Must be between 1 and 10',
  );
});
