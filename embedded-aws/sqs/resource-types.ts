import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';
import { type Queue, readSettings } from './queue';
import type { Sqs } from './sqs';

/**
 * SQS wants a minute until a change of a queue is known everywhere, and CloudFormation waits for it. In milliseconds.
 */
const QUEUE_TAKES = 60_000;
const POLICY_TAKES = 1_000;

/** `AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`. */
export function sqsResourceTypes(sqs: Sqs, clock: VirtualClock, random: Random): readonly ResourceType[] {
  const describe = (queue: Queue): Physical => {
    const url = sqs.url(queue);
    return { id: url, attributes: { Arn: queue.arn, QueueName: queue.name, QueueUrl: url } };
  };

  const queue: ResourceType = {
    type: 'AWS::SQS::Queue',
    accepts: [
      'KmsMasterKeyId',
      'MessageRetentionPeriod',
      'QueueName',
      'SqsManagedSseEnabled',
      'Tags',
      'VisibilityTimeout',
    ],
    replacedBy: ['QueueName'],
    async create(properties, context) {
      const name = properties.QueueName ?? physicalName(context, random, { longest: 80 });
      const created = sqs.createQueue(name, readSettings(properties));
      await clock.sleep(QUEUE_TAKES);
      return describe(created);
    },
    async update(url, properties) {
      const updated = sqs.queue(url);
      updated.settings = readSettings(properties);
      await clock.sleep(QUEUE_TAKES);
      return describe(updated);
    },
    async delete(url) {
      sqs.deleteQueue(url.split('/').at(-1) ?? '');
      await clock.sleep(QUEUE_TAKES);
    },
  };

  const attach = ({ Queues, PolicyDocument }: Properties): void => {
    for (const each of Queues) sqs.queue(each).policy = PolicyDocument;
  };
  const detach = ({ Queues }: Properties): void => {
    for (const each of Queues) {
      try {
        sqs.queue(each).policy = undefined;
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
      }
    }
  };

  const queuePolicy: ResourceType = {
    type: 'AWS::SQS::QueuePolicy',
    accepts: ['PolicyDocument', 'Queues'],
    replacedBy: [],
    async create(properties, context) {
      attach(properties);
      await clock.sleep(POLICY_TAKES);
      return { id: physicalName(context, random, { longest: 128 }), attributes: {} };
    },
    async update(id, properties, previous) {
      detach(previous);
      attach(properties);
      await clock.sleep(POLICY_TAKES);
      return { id, attributes: {} };
    },
    async delete(_id, properties) {
      detach(properties);
      await clock.sleep(POLICY_TAKES);
    },
  };
  return [queue, queuePolicy];
}
