import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';
import { readFilterPolicy } from './filter-policy';
import type { Sns, Subscription, Topic } from './sns';

/** A topic takes CloudFormation about 11 s, what hangs on it about a second. In milliseconds. */
const TOPIC_TAKES = 11_000;
const REST_TAKES = 1_000;

/** `AWS::SNS::Topic`, `AWS::SNS::TopicPolicy` and `AWS::SNS::Subscription`. */
export function snsResourceTypes(sns: Sns, clock: VirtualClock, random: Random): readonly ResourceType[] {
  const topic: ResourceType = {
    type: 'AWS::SNS::Topic',
    accepts: ['DisplayName', 'KmsMasterKeyId', 'Subscription', 'Tags', 'TopicName'],
    replacedBy: ['TopicName'],
    async create(properties, context) {
      await clock.sleep(TOPIC_TAKES);
      const created = sns.createTopic(properties.TopicName ?? physicalName(context, random, { longest: 256 }));
      for (const each of properties.Subscription ?? []) sns.subscribe(created.arn, protocolOf(each), each.Endpoint);
      return describe(created);
    },
    async update(topicArn, properties) {
      await clock.sleep(TOPIC_TAKES);
      const updated = sns.topic(topicArn);
      // An inline list that got shorter leaves its subscriptions behind (CloudFormation reference, AWS::SNS::Topic).
      const known = [...updated.subscriptions.values()];
      for (const each of properties.Subscription ?? []) {
        if (!known.some(({ endpoint }) => endpoint === each.Endpoint)) {
          sns.subscribe(topicArn, protocolOf(each), each.Endpoint);
        }
      }
      return describe(updated);
    },
    async delete(topicArn) {
      await clock.sleep(REST_TAKES);
      sns.deleteTopic(topicArn);
    },
  };

  const topicPolicy: ResourceType = {
    type: 'AWS::SNS::TopicPolicy',
    accepts: ['PolicyDocument', 'Topics'],
    replacedBy: [],
    async create(properties, context) {
      await clock.sleep(REST_TAKES);
      for (const each of properties.Topics) sns.topic(each);
      return { id: physicalName(context, random, { longest: 256 }), attributes: {} };
    },
    async update(id, properties) {
      await clock.sleep(REST_TAKES);
      for (const each of properties.Topics) sns.topic(each);
      return { id, attributes: {} };
    },
    delete: () => clock.sleep(REST_TAKES),
  };

  const subscription: ResourceType = {
    type: 'AWS::SNS::Subscription',
    accepts: ['Endpoint', 'FilterPolicy', 'FilterPolicyScope', 'Protocol', 'TopicArn'],
    replacedBy: ['Endpoint', 'Protocol', 'TopicArn'],
    async create(properties) {
      await clock.sleep(REST_TAKES);
      const { TopicArn, Endpoint } = properties;
      const made = sns.subscribe(TopicArn, protocolOf(properties), Endpoint, readFilterPolicy(properties));
      return { id: made.arn, attributes: { Arn: made.arn } };
    },
    async update(id, properties) {
      await clock.sleep(REST_TAKES);
      const subscription = sns.topic(properties.TopicArn).subscriptions.get(id);
      if (!subscription) throw new AwsError('NotFound', 'Subscription does not exist', 404);
      subscription.filter = readFilterPolicy(properties);
      return { id, attributes: { Arn: id } };
    },
    async delete(id, properties) {
      await clock.sleep(REST_TAKES);
      const left = sns.topics().find((each) => each.arn === properties.TopicArn);
      left?.subscriptions.delete(id);
    },
  };
  return [topic, topicPolicy, subscription];
}

/** @throws Unsupported for a protocol by which something would have to be delivered. */
function protocolOf({ Protocol }: Properties): Subscription['protocol'] {
  if (Protocol === 'email' || Protocol === 'email-json') return Protocol;
  throw new Unsupported(`sns: a subscription by ${Protocol}`, 'subscribe by email');
}

function describe(topic: Topic): Physical {
  return { id: topic.arn, attributes: { TopicArn: topic.arn, TopicName: topic.name } };
}
