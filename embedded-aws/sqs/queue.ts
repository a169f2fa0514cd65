import { AwsError } from '../errors';
import type { Properties } from '../resource-type';
import type { SqsMessage } from './message';

/** What can be set of a queue. */
export interface QueueSettings {
  /** Seconds that a message is kept. */
  readonly retention: number;
  /** Seconds that a received message is hidden. */
  readonly visibilityTimeout: number;
  /** Whether SQS encrypts with its own keys; noted, nothing is encrypted. */
  readonly managedEncryption: boolean;
  /**
   * Noted, nothing is encrypted.
   *
   * @default - None.
   */
  readonly kmsKey?: string;
}

/** A standard queue. */
export class Queue {
  readonly #messages = new Map<string, SqsMessage>();
  /** When it was last used, in milliseconds since the epoch. */
  usedAt: number;
  /** Whether its metrics are being published. */
  isReporting = false;
  /** PolicyDocument of the last AWS::SQS::QueuePolicy; noted, not evaluated. */
  policy: object | undefined;

  constructor(
    readonly name: string,
    readonly arn: string,
    public settings: QueueSettings,
    now: number,
  ) {
    this.usedAt = now;
  }

  add(message: SqsMessage): void {
    this.#messages.set(message.id, message);
  }

  remove({ id }: SqsMessage): void {
    this.#messages.delete(id);
  }

  /** @returns What has not been deleted, in the order of arrival; what is older than the retention is gone. */
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

/** @throws AwsError InvalidAttributeValue outside SQS's limits (SQS API reference, CreateQueue). */
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
