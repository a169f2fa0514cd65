import type { ResourcePolicy } from '../access/access-control';
import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import { arn, type Scope } from '../scope';
import type { MessageAttributes } from '../sqs/message';

/** A published message. */
export interface SnsMessage {
  readonly id: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** Attributes that filter policies can refer to. */
  readonly attributes: MessageAttributes;
  readonly at: Date;
}

/** Selects the messages that a subscription receives. */
export interface FilterPolicy {
  /** The policy as the template has it. */
  readonly policy: object;
  readonly scope: 'MessageAttributes' | 'MessageBody';
  admits(message: SnsMessage): boolean;
}

/** A subscription by e-mail. It stays pending, because it is never confirmed. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'email' | 'email-json';
  readonly endpoint: string;
  /** Filter policy; undefined when the subscription receives every message. */
  filter: FilterPolicy | undefined;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly messages: SnsMessage[];
  readonly subscriptions: Map<string, Subscription>;
  policy: object;
}

interface TopicsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  /** Stream for the ids of messages and subscriptions. */
  readonly ids: Random;
}

/** The topics of an account and region with their subscriptions and messages. */
export class Topics {
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #ids: Random;
  readonly #topics = new Map<string, Topic>();

  constructor({ scope, clock, ids }: TopicsProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @returns The new topic, or the existing one of that name: CreateTopic is idempotent. */
  createTopic(name: string): Topic {
    const topicArn = arn('sns', this.#scope, name);
    const policy = defaultPolicy(topicArn, this.#scope.accountId);
    const topic = this.#topics.get(topicArn) ?? { arn: topicArn, name, messages: [], subscriptions: new Map(), policy };
    this.#topics.set(topicArn, topic);
    return topic;
  }

  /** Deletes a topic. Succeeds when it does not exist. */
  deleteTopic(topicArn: string): void {
    this.#topics.delete(topicArn);
  }

  /** Sets the policy of a topic. @param policy The default policy, when undefined. */
  setPolicy(topicArn: string, policy: object | undefined): void {
    this.topic(topicArn).policy = policy ?? defaultPolicy(topicArn, this.#scope.accountId);
  }

  readonly resourcePolicy = (topicArn: string): ResourcePolicy | undefined => {
    const topic = this.#topics.get(topicArn);
    return topic && { accountId: this.#scope.accountId, policy: topic.policy };
  };

  topics(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  /** @throws AwsError NotFound. */
  topic(topicArn: string): Topic {
    const topic = this.#topics.get(topicArn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  /** @throws AwsError NotFound. */
  subscribe(
    topicArn: string,
    protocol: Subscription['protocol'],
    endpoint: string,
    filter?: FilterPolicy,
  ): Subscription {
    const topic = this.topic(topicArn);
    const subscription = { arn: `${topicArn}:${this.#ids.uuid()}`, topicArn, protocol, endpoint, filter };
    topic.subscriptions.set(subscription.arn, subscription);
    return subscription;
  }

  /**
   * Stores a message with its topic; pending subscriptions receive nothing.
   *
   * @throws AwsError NotFound.
   */
  publish(
    topicArn: string,
    subject: string | undefined,
    message: string,
    attributes: MessageAttributes = {},
  ): SnsMessage {
    const published = { id: this.#ids.uuid(), subject, message, attributes, at: this.#clock.date() };
    this.topic(topicArn).messages.push(published);
    return published;
  }

  /**
   * @returns Subscriptions that would receive a message if they were confirmed.
   * @throws AwsError NotFound.
   */
  recipients(topicArn: string, message: SnsMessage): readonly Subscription[] {
    return [...this.topic(topicArn).subscriptions.values()].filter(({ filter }) => filter?.admits(message) ?? true);
  }
}

/**
 * The policy that SNS gives to a new topic: services that act for a resource of the topic's account may publish (SNS
 * developer guide, "Policy used by Amazon SNS when none is given"; CloudWatch's alarms rely on it).
 */
function defaultPolicy(topicArn: string, accountId: string): object {
  return {
    Version: '2008-10-17',
    Statement: {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['SNS:Publish', 'SNS:ListSubscriptionsByTopic'],
      Resource: topicArn,
      Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
    },
  };
}
