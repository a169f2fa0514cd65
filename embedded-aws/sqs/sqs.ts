import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import { AwsError, Unsupported } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';
import { sqsApi } from './api';
import type { DeadLetterQueue, MessageAttributes, SqsMessage } from './message';
import { Queue, type QueueSettings } from './queue';
import { reportWhileActive } from './queue-metrics';
import { sqsResourceTypes } from './resource-types';

/** Bytes of a message, its attributes included: 1 MiB (SQS developer guide, "message quotas"). */
const LARGEST_MESSAGE = 1_048_576;

interface SqsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly metrics: MetricSink;
  /** Where queues are found; asked when a queue's address is needed. */
  readonly endpointUrl: () => string;
}

/** Amazon SQS, standard queues. It keeps to contract.md. */
export class Sqs implements DeadLetterQueue {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #props: SqsProps;
  readonly #ids: Random;
  readonly #queues = new Map<string, Queue>();

  constructor(props: SqsProps) {
    this.#props = props;
    const { clock, random } = props;
    this.#ids = random.stream('ids');
    this.api = sqsApi(this, clock);
    this.resourceTypes = sqsResourceTypes(this, clock, random.stream('names'));
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

  /** Deleting a queue that is not there succeeds. */
  deleteQueue(name: string): void {
    this.#queues.delete(name);
  }

  queues(): readonly Queue[] {
    return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * @param named By name, ARN or address.
   * @throws AwsError QueueDoesNotExist.
   */
  queue(named: string): Queue {
    const name = named.split(/[/:]/).at(-1) ?? '';
    const found = this.#queues.get(name);
    const isHere =
      named === name || named === found?.arn || named.endsWith(`/${this.#props.scope.accountId}/${found?.name}`);
    if (found && isHere) return found;
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  }

  /** @returns The queue's address at this endpoint; contract.md says why not at AWS's. */
  url({ name }: Queue): string {
    return `${this.#props.endpointUrl()}/${this.#props.scope.accountId}/${name}`;
  }

  send(queueName: string, body: string, attributes: MessageAttributes = {}): SqsMessage {
    const queue = this.queue(queueName);
    const size = [body, ...Object.entries(attributes).flatMap(([name, each]) => [name, ...Object.values(each)])];
    if (body === '' || size.reduce((sum, part) => sum + Buffer.byteLength(part), 0) > LARGEST_MESSAGE) {
      throw new AwsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be at least 1 byte and at most ${LARGEST_MESSAGE} bytes.`,
      );
    }
    const now = this.#props.clock.now();
    const message: SqsMessage = {
      id: this.#ids.uuid(),
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
   * Takes messages out of sight.
   *
   * @param most 1 to 10.
   * @param hidden Seconds.
   * @default - The queue's.
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
      message.receiptHandle = Buffer.from(this.#ids.text(96)).toString('base64');
    }
    return received;
  }

  /**
   * Deletes what was received; a handle of a message that is gone already is fine.
   *
   * @throws AwsError ReceiptHandleIsInvalid.
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
    const message = queue.messages(this.#props.clock.now()).find((each) => each.receiptHandle === receiptHandle);
    if (message) queue.remove(message);
  }

  /**
   * @returns What lies in a queue, hidden messages included, oldest first.
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
