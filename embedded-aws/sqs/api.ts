import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Input } from '../protocol/input';
import { jsonApi } from '../protocol/json';
import { SQS_ACCESS } from './access';
import { type MessageAttributes, md5, md5OfAttributes, readMessageAttributes, type SqsMessage } from './message';
import type { Queue } from './queue';
import type { Queues } from './queues';

export function sqsApi(sqs: Queues, clock: VirtualClock): ServiceApi {
  return jsonApi({
    signingName: 'sqs',
    target: 'AmazonSQS',
    version: '1.0',
    access: SQS_ACCESS,
    operations: {
      GetQueueUrl: {
        accepts: ['QueueName'],
        run: ({ QueueName }) => ({ QueueUrl: sqs.url(sqs.queue(QueueName)) }),
      },
      ListQueues: {
        accepts: ['QueueNamePrefix'],
        run: ({ QueueNamePrefix = '' }) => {
          const named = sqs.queues().filter(({ name }) => name.startsWith(QueueNamePrefix));
          // SQS omits an empty list.
          return named.length > 0 ? { QueueUrls: named.map((queue) => sqs.url(queue)) } : {};
        },
      },
      GetQueueAttributes: {
        accepts: ['QueueUrl', 'AttributeNames'],
        run: ({ QueueUrl, AttributeNames = [] }) => {
          const attributes = describe(sqs.queue(QueueUrl), clock.now());
          const selected = pick(attributes, AttributeNames, 'sqs:GetQueueAttributes');
          return Object.keys(selected).length > 0 ? { Attributes: selected } : {};
        },
      },
      SendMessage: {
        accepts: ['QueueUrl', 'MessageBody', 'MessageAttributes'],
        run: ({ QueueUrl, MessageBody = '', MessageAttributes }) => {
          const { id, body, attributes } = sqs.send(
            QueueUrl,
            MessageBody,
            readMessageAttributes(MessageAttributes, 'sqs'),
          );
          return { MessageId: id, MD5OfMessageBody: md5(body), MD5OfMessageAttributes: md5OfAttributes(attributes) };
        },
      },
      ReceiveMessage: {
        accepts: [
          'QueueUrl',
          'MaxNumberOfMessages',
          'VisibilityTimeout',
          'WaitTimeSeconds',
          'AttributeNames',
          'MessageSystemAttributeNames',
          'MessageAttributeNames',
        ],
        run: (input) => {
          const most = input.MaxNumberOfMessages ?? 1;
          if (most < 1 || most > 10) {
            throw new AwsError(
              'InvalidParameterValue',
              `Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
            );
          }
          const received = sqs.receive(input.QueueUrl, most, input.VisibilityTimeout);
          return received.length > 0 ? { Messages: received.map((message) => describeMessage(message, input)) } : {};
        },
      },
      DeleteMessage: {
        accepts: ['QueueUrl', 'ReceiptHandle'],
        run: ({ QueueUrl, ReceiptHandle }) => {
          sqs.delete(QueueUrl, ReceiptHandle);
          return {};
        },
      },
    },
  });
}

function describe(queue: Queue, now: number): Record<string, string> {
  const { retention, visibilityTimeout, managedEncryption, kmsKey } = queue.settings;
  const all = queue.messages(now).length;
  const visible = queue.visible(now).length;
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(all - visible),
    ApproximateNumberOfMessagesDelayed: '0',
    MessageRetentionPeriod: String(retention),
    VisibilityTimeout: String(visibilityTimeout),
    SqsManagedSseEnabled: String(managedEncryption),
    ...(kmsKey && { KmsMasterKeyId: kmsKey }),
    ...(queue.policy && { Policy: JSON.stringify(queue.policy) }),
  };
}

function describeMessage(message: SqsMessage, input: Input): object {
  const system = {
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
  const systemNames = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const Attributes = pick(system, systemNames, 'sqs:ReceiveMessage');
  const MessageAttributes = named(message.attributes, input.MessageAttributeNames ?? []);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(Attributes).length > 0 && { Attributes }),
    ...(Object.keys(MessageAttributes).length > 0 && {
      MessageAttributes,
      MD5OfMessageAttributes: md5OfAttributes(MessageAttributes),
    }),
  };
}

/** @returns Requested attributes; `All`, `.*` and `prefix.*` name several (API reference, ReceiveMessage). */
function named(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  const isRequested = (name: string): boolean =>
    names.some(
      (pattern) =>
        pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isRequested(name)));
}

/**
 * @returns Requested attributes.
 * @throws Unsupported for an unknown name.
 */
function pick(known: Readonly<Record<string, string>>, names: readonly string[], call: string): Record<string, string> {
  if (names.includes('All')) return { ...known };
  // These attributes exist only when they were set.
  const optional = ['KmsMasterKeyId', 'Policy'];
  const unknown = names.filter((name) => !Object.hasOwn(known, name) && !optional.includes(name));
  if (unknown.length > 0) throw new Unsupported(`${call} of the attribute ${unknown.join(', ')}`);
  return Object.fromEntries(Object.entries(known).filter(([name]) => names.includes(name)));
}
