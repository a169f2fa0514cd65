import type { Region } from '../../embedded-aws/region';

/** A message that was published to a topic of the pipeline. */
export interface Notification {
  /** Virtual time, in ISO 8601. */
  readonly at: string;
  readonly subject: string;
  readonly message: string;
  /** Attributes by which subscriptions can filter. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Addresses of the subscribers that would get the message. */
  readonly to: readonly string[];
}

/**
 * @param topicArns The topics for notifications.
 * @param since Milliseconds since the epoch.
 * @returns The messages that were published since then, in the order of the topics and of time.
 */
export function notificationsSince(
  { sns }: Pick<Region, 'sns'>,
  topicArns: readonly string[],
  since: number,
): readonly Notification[] {
  return topicArns.flatMap((topicArn) => {
    const { messages, subscriptions } = sns.topic(topicArn);
    return messages
      .filter(({ at }) => at.getTime() >= since)
      .map((message) => ({
        at: message.at.toISOString(),
        subject: message.subject ?? '',
        message: message.message,
        attributes: Object.fromEntries(
          Object.entries(message.attributes).map(([name, { StringValue }]) => [name, StringValue]),
        ),
        to: [...subscriptions.values()]
          .filter(({ filter }) => filter?.admits(message) ?? true)
          .map(({ endpoint }) => endpoint),
      }));
  });
}
