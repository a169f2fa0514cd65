import type { Region } from '../../embedded-aws/region';

/** A message to people, published to a topic of the pipeline. */
export interface Notification {
  /** ISO 8601, in virtual time */
  readonly at: string;
  readonly subject: string;
  readonly message: string;
  /** what subscriptions can filter by */
  readonly attributes: Readonly<Record<string, string>>;
  /** addresses of those who would get it */
  readonly to: readonly string[];
}

/**
 * @param topicArns the topics that people are told by
 * @param since milliseconds since the epoch
 * @returns what was published since then, in the order of the topics and of time
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
