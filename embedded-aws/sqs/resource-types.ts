import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';
import { type Queue, readSettings } from './queue';
import type { Queues } from './queues';

/**
 * Virtual milliseconds of a stack operation on a queue. SQS needs a minute to propagate a change, and CloudFormation
 * waits for it.
 */
const QUEUE_TIME = 60_000;
const POLICY_TIME = 1_000;

/** `AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`. */
export function sqsResourceTypes(sqs: Queues, clock: VirtualClock, random: Random): readonly ResourceType[] {
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
      await clock.sleep(QUEUE_TIME);
      return describe(created);
    },
    async update(url, properties) {
      const updated = sqs.queue(url);
      updated.settings = readSettings(properties);
      await clock.sleep(QUEUE_TIME);
      return describe(updated);
    },
    async delete(url) {
      sqs.deleteQueue(url.split('/').at(-1) ?? '');
      await clock.sleep(QUEUE_TIME);
    },
  };

  const attach = ({ Queues, PolicyDocument }: Properties): void => {
    for (const url of Queues) sqs.queue(url).policy = PolicyDocument;
  };
  const detach = ({ Queues }: Properties): void => {
    for (const url of Queues) {
      try {
        sqs.queue(url).policy = undefined;
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
      await clock.sleep(POLICY_TIME);
      return { id: physicalName(context, random, { longest: 128 }), attributes: {} };
    },
    async update(id, properties, previous) {
      detach(previous);
      attach(properties);
      await clock.sleep(POLICY_TIME);
      return { id, attributes: {} };
    },
    async delete(_id, properties) {
      detach(properties);
      await clock.sleep(POLICY_TIME);
    },
  };
  return [queue, queuePolicy];
}
