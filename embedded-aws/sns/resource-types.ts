import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';
import { readFilterPolicy } from './filter-policy';
import type { Subscription, Topic, Topics } from './topics';

/** Virtual milliseconds to create or update a topic, and of all other stack operations. */
const TOPIC_TIME = 11_000;
const OTHER_TIME = 1_000;

/** `AWS::SNS::Topic`, `AWS::SNS::TopicPolicy` and `AWS::SNS::Subscription`. */
export function snsResourceTypes(sns: Topics, clock: VirtualClock, random: Random): readonly ResourceType[] {
  const topic: ResourceType = {
    type: 'AWS::SNS::Topic',
    accepts: ['DisplayName', 'KmsMasterKeyId', 'Subscription', 'Tags', 'TopicName'],
    replacedBy: ['TopicName'],
    async create(properties, context) {
      await clock.sleep(TOPIC_TIME);
      const created = sns.createTopic(properties.TopicName ?? physicalName(context, random, { longest: 256 }));
      for (const subscription of properties.Subscription ?? []) {
        sns.subscribe(created.arn, protocolOf(subscription), subscription.Endpoint);
      }
      return describe(created);
    },
    async update(topicArn, properties) {
      await clock.sleep(TOPIC_TIME);
      const updated = sns.topic(topicArn);
      // Subscriptions removed from the inline list are not deleted (CloudFormation reference, AWS::SNS::Topic).
      const known = [...updated.subscriptions.values()];
      for (const subscription of properties.Subscription ?? []) {
        if (!known.some(({ endpoint }) => endpoint === subscription.Endpoint)) {
          sns.subscribe(topicArn, protocolOf(subscription), subscription.Endpoint);
        }
      }
      return describe(updated);
    },
    async delete(topicArn) {
      await clock.sleep(OTHER_TIME);
      sns.deleteTopic(topicArn);
    },
  };

  /** The topic may have been deleted already. */
  const removePolicy = (topicArn: string): void => {
    if (sns.topics().some(({ arn }) => arn === topicArn)) sns.setPolicy(topicArn, undefined);
  };
  const topicPolicy: ResourceType = {
    type: 'AWS::SNS::TopicPolicy',
    accepts: ['PolicyDocument', 'Topics'],
    replacedBy: [],
    async create(properties, context) {
      await clock.sleep(OTHER_TIME);
      for (const topicArn of properties.Topics) sns.setPolicy(topicArn, properties.PolicyDocument);
      return { id: physicalName(context, random, { longest: 256 }), attributes: {} };
    },
    async update(id, properties, previous) {
      await clock.sleep(OTHER_TIME);
      for (const topicArn of previous.Topics) removePolicy(topicArn);
      for (const topicArn of properties.Topics) sns.setPolicy(topicArn, properties.PolicyDocument);
      return { id, attributes: {} };
    },
    async delete(_id, properties) {
      await clock.sleep(OTHER_TIME);
      for (const topicArn of properties.Topics) removePolicy(topicArn);
    },
  };

  const subscription: ResourceType = {
    type: 'AWS::SNS::Subscription',
    accepts: ['Endpoint', 'FilterPolicy', 'FilterPolicyScope', 'Protocol', 'TopicArn'],
    replacedBy: ['Endpoint', 'Protocol', 'TopicArn'],
    async create(properties) {
      await clock.sleep(OTHER_TIME);
      const { TopicArn, Endpoint } = properties;
      const { arn } = sns.subscribe(TopicArn, protocolOf(properties), Endpoint, readFilterPolicy(properties));
      return { id: arn, attributes: { Arn: arn } };
    },
    async update(id, properties) {
      await clock.sleep(OTHER_TIME);
      const subscription = sns.topic(properties.TopicArn).subscriptions.get(id);
      if (!subscription) throw new AwsError('NotFound', 'Subscription does not exist', 404);
      subscription.filter = readFilterPolicy(properties);
      return { id, attributes: { Arn: id } };
    },
    async delete(id, properties) {
      await clock.sleep(OTHER_TIME);
      // The topic may have been deleted already.
      sns
        .topics()
        .find(({ arn }) => arn === properties.TopicArn)
        ?.subscriptions.delete(id);
    },
  };
  return [topic, topicPolicy, subscription];
}

/** @throws Unsupported for a protocol other than e-mail, because nothing is delivered. */
function protocolOf({ Protocol }: Properties): Subscription['protocol'] {
  if (Protocol === 'email' || Protocol === 'email-json') return Protocol;
  throw new Unsupported(`sns: a subscription by ${Protocol}`, 'subscribe by email');
}

function describe(topic: Topic): Physical {
  return { id: topic.arn, attributes: { TopicArn: topic.arn, TopicName: topic.name } };
}
