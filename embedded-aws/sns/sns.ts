import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';
import type { MessageAttributes } from '../sqs/message';
import { snsApi } from './api';
import type { FilterPolicy } from './filter-policy';
import { snsResourceTypes } from './resource-types';

/** A message that was published. */
export interface SnsMessage {
  readonly id: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** What subscriptions may filter by. */
  readonly attributes: MessageAttributes;
  readonly at: Date;
}

/** A subscription by e-mail; nobody confirms one in a rehearsal, so it stays pending. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'email' | 'email-json';
  readonly endpoint: string;
  /** @default - Every message. */
  filter: FilterPolicy | undefined;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly messages: SnsMessage[];
  readonly subscriptions: Map<string, Subscription>;
}

interface SnsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Amazon SNS. It keeps to contract.md. */
export class Sns {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #topics = new Map<string, Topic>();

  constructor({ scope, clock, random }: SnsProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.#random = random.stream('ids');
    this.api = snsApi(this);
    this.resourceTypes = snsResourceTypes(this, clock, random.stream('names'));
  }

  /** @returns The new topic, or the one that has the name already: CreateTopic is idempotent. */
  createTopic(name: string): Topic {
    const topicArn = arn('sns', this.#scope, name);
    const topic = this.#topics.get(topicArn) ?? { arn: topicArn, name, messages: [], subscriptions: new Map() };
    this.#topics.set(topicArn, topic);
    return topic;
  }

  /** Deleting a topic that is not there succeeds. */
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
    const subscription = { arn: `${topicArn}:${this.#random.uuid()}`, topicArn, protocol, endpoint, filter };
    topic.subscriptions.set(subscription.arn, subscription);
    return subscription;
  }

  /**
   * Keeps a message under its topic; a pending subscription receives nothing.
   *
   * @throws AwsError NotFound.
   */
  publish(
    topicArn: string,
    subject: string | undefined,
    message: string,
    attributes: MessageAttributes = {},
  ): SnsMessage {
    const published = { id: this.#random.uuid(), subject, message, attributes, at: this.#clock.date() };
    this.topic(topicArn).messages.push(published);
    return published;
  }

  /**
   * @returns The subscriptions whose filters let a message through: to whom it would go once they were confirmed.
   * @throws AwsError NotFound.
   */
  recipients(topicArn: string, message: SnsMessage): readonly Subscription[] {
    return [...this.topic(topicArn).subscriptions.values()].filter(({ filter }) => filter?.admits(message) ?? true);
  }
}
