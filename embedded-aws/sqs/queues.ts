import type { ResourcePolicy } from '../access/access-control';
import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import { AwsError, Unsupported } from '../errors';
import type { Random } from '../random';
import { arn, type Scope } from '../scope';
import type { DeadLetterQueue, MessageAttributes, SqsMessage } from './message';
import { Queue, type QueueSettings } from './queue';
import { reportWhileActive } from './queue-metrics';

/** Largest message with its attributes, in bytes: 1 MiB (SQS developer guide, "message quotas"). */
const LARGEST_MESSAGE = 1_048_576;

interface QueuesProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  /** Stream for the ids and receipt handles of messages. */
  readonly ids: Random;
  readonly metrics: MetricSink;
  /** Endpoint in the URLs of queues; called when a URL is needed. */
  readonly endpointUrl: () => string;
}

/** The queues of an account and region. */
export class Queues implements DeadLetterQueue {
  readonly #props: QueuesProps;
  readonly #queues = new Map<string, Queue>();

  constructor(props: QueuesProps) {
    this.#props = props;
  }

  /** @throws AwsError QueueNameExists; Unsupported for a FIFO queue. */
  createQueue(name: string, settings: QueueSettings): Queue {
    if (name.endsWith('.fifo')) throw new Unsupported(`the FIFO queue ${name}`, 'use a standard queue');
    if (!/^[\w-]{1,80}$/.test(name)) {
      throw new AwsError(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    if (this.#queues.has(name)) {
      throw new AwsError('QueueNameExists', `A queue already exists with the same name: ${name}`);
    }
    const queue = new Queue(name, arn('sqs', this.#props.scope, name), settings, this.#props.clock.now());
    this.#queues.set(name, queue);
    this.#use(queue);
    return queue;
  }

  /** Deletes a queue. Succeeds when it does not exist. */
  deleteQueue(name: string): void {
    this.#queues.delete(name);
  }

  readonly resourcePolicy = (queueArn: string): ResourcePolicy | undefined => {
    const queue = this.#queues.get(queueArn.split(':').at(-1) ?? '');
    return queue && { accountId: this.#props.scope.accountId, policy: queue.policy };
  };

  queues(): readonly Queue[] {
    return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * @param reference Name, ARN or URL of the queue.
   * @throws AwsError QueueDoesNotExist.
   */
  queue(reference: string): Queue {
    const name = reference.split(/[/:]/).at(-1) ?? '';
    const queue = this.#queues.get(name);
    const isOwn =
      reference === name ||
      reference === queue?.arn ||
      reference.endsWith(`/${this.#props.scope.accountId}/${queue?.name}`);
    if (queue && isOwn) return queue;
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  }

  /** @returns URL of the queue at this endpoint; contract.md states why it is not AWS's. */
  url({ name }: Queue): string {
    return `${this.#props.endpointUrl()}/${this.#props.scope.accountId}/${name}`;
  }

  send(queueName: string, body: string, attributes: MessageAttributes = {}): SqsMessage {
    const queue = this.queue(queueName);
    const parts = [body, ...Object.entries(attributes).flatMap(([name, value]) => [name, ...Object.values(value)])];
    if (body === '' || parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0) > LARGEST_MESSAGE) {
      throw new AwsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be at least 1 byte and at most ${LARGEST_MESSAGE} bytes.`,
      );
    }
    const now = this.#props.clock.now();
    const message: SqsMessage = {
      id: this.#props.ids.uuid(),
      body,
      attributes,
      sentAt: now,
      visibleFrom: now,
      firstReceivedAt: undefined,
      receiveCount: 0,
      receiptHandle: undefined,
    };
    queue.add(message);
    this.#use(queue);
    this.#props.metrics.record({
      namespace: 'AWS/SQS',
      name: 'NumberOfMessagesSent',
      dimensions: { QueueName: queue.name },
      value: 1,
      at: now,
      unit: 'Count',
    });
    return message;
  }

  /**
   * Receives messages, which hides them from other receivers.
   *
   * @param most Largest number of messages, 1 to 10.
   * @param hidden Seconds to hide them; the queue's visibility timeout when absent.
   * @throws AwsError QueueDoesNotExist.
   */
  receive(queueName: string, most = 1, hidden?: number): readonly SqsMessage[] {
    const queue = this.queue(queueName);
    const now = this.#props.clock.now();
    this.#use(queue);
    const received = queue.visible(now).slice(0, most);
    for (const message of received) {
      message.visibleFrom = now + (hidden ?? queue.settings.visibilityTimeout) * 1000;
      message.firstReceivedAt ??= now;
      message.receiveCount += 1;
      message.receiptHandle = Buffer.from(this.#props.ids.text(96)).toString('base64');
    }
    return received;
  }

  /**
   * Deletes a received message. Succeeds when the message no longer exists.
   *
   * @throws AwsError QueueDoesNotExist, ReceiptHandleIsInvalid.
   */
  delete(queueName: string, receiptHandle: string): void {
    const queue = this.queue(queueName);
    this.#use(queue);
    if (!/^[A-Za-z0-9+/]{128}$/.test(receiptHandle)) {
      throw new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
      );
    }
    const message = queue
      .messages(this.#props.clock.now())
      .find((candidate) => candidate.receiptHandle === receiptHandle);
    if (message) queue.remove(message);
  }

  /**
   * @returns Messages in a queue, including hidden ones, oldest first.
   * @throws AwsError QueueDoesNotExist.
   */
  messages(queueName: string): readonly SqsMessage[] {
    return this.queue(queueName).messages(this.#props.clock.now());
  }

  #use(queue: Queue): void {
    const { clock, metrics } = this.#props;
    queue.usedAt = clock.now();
    reportWhileActive(queue, { clock, metrics, exists: () => this.#queues.get(queue.name) === queue });
  }
}
