import { AwsError } from '../errors';
import type { ServiceApi } from '../protocol/api';
import { queryApi } from '../protocol/query';
import { readMessageAttributes } from '../sqs/message';
import { SNS_ACCESS } from './access';
import type { Topics } from './topics';

/** Largest message, in bytes: 256 KiB (API reference, Publish). */
const LARGEST_MESSAGE = 262_144;

export function snsApi(sns: Topics): ServiceApi {
  return queryApi({
    signingName: 'sns',
    access: SNS_ACCESS,
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    operations: {
      Publish: {
        accepts: ['TopicArn', 'Subject', 'Message', 'MessageAttributes'],
        run: ({ TopicArn, Subject, Message = '', MessageAttributes }) => {
          checkText(Subject, Message);
          const attributes = readMessageAttributes(MessageAttributes, 'sns');
          return { MessageId: sns.publish(TopicArn, Subject, Message, attributes).id };
        },
      },
      ListTopics: {
        accepts: [],
        run: () => ({ Topics: sns.topics().map((topic) => ({ TopicArn: topic.arn })) }),
      },
      ListSubscriptionsByTopic: {
        accepts: ['TopicArn'],
        run: ({ TopicArn }, caller) => ({
          Subscriptions: [...sns.topic(TopicArn).subscriptions.values()].map((subscription) => ({
            SubscriptionArn: 'PendingConfirmation',
            Owner: caller.accountId,
            Protocol: subscription.protocol,
            Endpoint: subscription.endpoint,
            TopicArn,
          })),
        }),
      },
    },
  });
}

/**
 * Checks subject and message. Sources disagree about the subject; contract.md states which is followed.
 *
 * @throws AwsError InvalidParameter.
 */
function checkText(subject: string | undefined, message: string): void {
  if (subject !== undefined && !/^[!-~][ -~]{0,99}$/.test(subject)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  }
  if (message === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
  if (Buffer.byteLength(message) > LARGEST_MESSAGE) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
  }
}
