import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import type { Input, ServiceApi } from '../protocol/api';
import { jsonApi } from '../protocol/json';
import { type MessageAttributes, md5, md5OfAttributes, readMessageAttributes, type SqsMessage } from './message';
import type { Queue } from './queue';
import type { Sqs } from './sqs';

export function sqsApi(sqs: Sqs, clock: VirtualClock): ServiceApi {
  return jsonApi({
    signingName: 'sqs',
    target: 'AmazonSQS',
    version: '1.0',
    operations: {
      GetQueueUrl: {
        accepts: ['QueueName'],
        run: ({ QueueName }) => ({ QueueUrl: sqs.url(sqs.queue(QueueName)) }),
      },
      ListQueues: {
        accepts: ['QueueNamePrefix'],
        run: ({ QueueNamePrefix = '' }) => {
          const named = sqs.queues().filter(({ name }) => name.startsWith(QueueNamePrefix));
          // SQS leaves the member out when there is none.
          return named.length > 0 ? { QueueUrls: named.map((each) => sqs.url(each)) } : {};
        },
      },
      GetQueueAttributes: {
        accepts: ['QueueUrl', 'AttributeNames'],
        run: ({ QueueUrl, AttributeNames = [] }) => {
          const attributes = describe(sqs.queue(QueueUrl), clock.now());
          const asked = pick(attributes, AttributeNames, 'sqs:GetQueueAttributes');
          return Object.keys(asked).length > 0 ? { Attributes: asked } : {};
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
          return received.length > 0 ? { Messages: received.map((each) => show(each, input)) } : {};
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

function show(message: SqsMessage, input: Input): object {
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

/**
 * @returns The attributes that were asked for; `All`, `.*` and `prefix.*` name many (SQS API reference,
 *   ReceiveMessage).
 */
function named(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  const isAsked = (name: string): boolean =>
    names.some(
      (each) => each === 'All' || each === name || (each.endsWith('.*') && name.startsWith(each.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isAsked(name)));
}

/** @throws Unsupported for a name that is not among the known. */
function pick(known: Readonly<Record<string, string>>, names: readonly string[], call: string): Record<string, string> {
  if (names.includes('All')) return { ...known };
  // A key and a policy are there only if they were set.
  const optional = ['KmsMasterKeyId', 'Policy'];
  const unknown = names.filter((name) => !Object.hasOwn(known, name) && !optional.includes(name));
  if (unknown.length > 0) throw new Unsupported(`${call} of the attribute ${unknown.join(', ')}`);
  return Object.fromEntries(Object.entries(known).filter(([name]) => names.includes(name)));
}
