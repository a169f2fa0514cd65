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
    const topic = this.#topics.get(topicArn) ?? { arn: topicArn, name, messages: [], subscriptions: new Map() };
    this.#topics.set(topicArn, topic);
    return topic;
  }

  /** Deletes a topic. Succeeds when it does not exist. */
  deleteTopic(topicArn: string): void {
    this.#topics.delete(topicArn);
  }

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
