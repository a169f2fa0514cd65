import { createHash } from 'node:crypto';
import { Unsupported } from '../errors';
import type { Input } from '../protocol/input';

/** An attribute of a message, in the form of SQS and SNS. */
export interface MessageAttribute {
  /** `String` or `Number`, optionally with a custom label: `Number.int`. */
  readonly DataType: string;
  readonly StringValue: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message in a queue. */
export interface SqsMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Milliseconds since the epoch; a received message is hidden until then. */
  visibleFrom: number;
  /** Milliseconds since the epoch; undefined until the message is received. */
  firstReceivedAt: number | undefined;
  receiveCount: number;
  /** Handle of the last receipt; only that one deletes the message. */
  receiptHandle: string | undefined;
}

/** Dead-letter queues, as services send to them. */
export interface DeadLetterQueue {
  /** @throws AwsError QueueDoesNotExist, InvalidParameterValue. */
  send(queueArn: string, body: string, attributes: MessageAttributes): SqsMessage;
}

/**
 * @param service Name of the service in error messages.
 * @throws Unsupported for binary values.
 */
export function readMessageAttributes(given: Input | undefined, service: string): MessageAttributes {
  return Object.fromEntries(
    Object.entries(given ?? {}).map(([name, { DataType, StringValue, ...other }]) => {
      if (
        !/^(String|Number)(\.|$)/.test(DataType) ||
        typeof StringValue !== 'string' ||
        Object.keys(other).length > 0
      ) {
        throw new Unsupported(`${service}: the message attribute ${name} of type ${DataType}`, 'use a StringValue');
      }
      return [name, { DataType, StringValue }];
    }),
  );
}

/** @returns An attribute of type String. */
export function stringAttribute(value: string): MessageAttribute {
  return { DataType: 'String', StringValue: value };
}

export function md5(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/**
 * @returns SQS's digest of attributes (SQS developer guide, "Calculating the MD5 message digest for message
 *   attributes").
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (part: string): void => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    add(name);
    add(attributes[name]!.DataType);
    // Type 1: a text value.
    hash.update(Buffer.from([1]));
    add(attributes[name]!.StringValue);
  }
  return hash.digest('hex');
}
