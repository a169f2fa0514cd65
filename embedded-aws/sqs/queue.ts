import { AwsError } from '../errors';
import type { Properties } from '../resource-type';
import type { SqsMessage } from './message';

/** Settings of a queue. */
export interface QueueSettings {
  /** Seconds that a message is kept. */
  readonly retention: number;
  /** Seconds that a received message is hidden. */
  readonly visibilityTimeout: number;
  /** Whether SQS-managed encryption is on; stored, without effect. */
  readonly managedEncryption: boolean;
  /**
   * KMS key; stored, without effect.
   *
   * @default - None.
   */
  readonly kmsKey?: string;
}

/** A standard queue. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  settings: QueueSettings;
  /** Instant of the last use, in milliseconds since the epoch. */
  usedAt: number;
  /** Whether the number of its messages is being recorded. */
  isReporting = false;
  /** Document of the last AWS::SQS::QueuePolicy; stored, not evaluated. */
  policy: object | undefined;

  readonly #messages = new Map<string, SqsMessage>();

  /** @param now Instant of its creation, in milliseconds since the epoch. */
  constructor(name: string, arn: string, settings: QueueSettings, now: number) {
    this.name = name;
    this.arn = arn;
    this.settings = settings;
    this.usedAt = now;
  }

  add(message: SqsMessage): void {
    this.#messages.set(message.id, message);
  }

  remove({ id }: SqsMessage): void {
    this.#messages.delete(id);
  }

  /** @returns Messages in the order of arrival; those beyond the retention are deleted first. */
  messages(now: number): readonly SqsMessage[] {
    for (const message of this.#messages.values()) {
      if (message.sentAt + this.settings.retention * 1000 <= now) this.remove(message);
    }
    return [...this.#messages.values()];
  }

  visible(now: number): readonly SqsMessage[] {
    return this.messages(now).filter(({ visibleFrom }) => visibleFrom <= now);
  }
}

/** @throws AwsError InvalidAttributeValue for values outside of SQS's limits (API reference, CreateQueue). */
export function readSettings(properties: Properties): QueueSettings {
  const { MessageRetentionPeriod = 345_600, VisibilityTimeout = 30, SqsManagedSseEnabled, KmsMasterKeyId } = properties;
  return {
    retention: limited('MessageRetentionPeriod', MessageRetentionPeriod, 60, 1_209_600),
    visibilityTimeout: limited('VisibilityTimeout', VisibilityTimeout, 0, 43_200),
    managedEncryption: KmsMasterKeyId === undefined && String(SqsManagedSseEnabled ?? true) === 'true',
    ...(KmsMasterKeyId !== undefined && { kmsKey: KmsMasterKeyId }),
  };
}

function limited(attribute: string, given: unknown, least: number, most: number): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${attribute}.`);
}
