import type { ServiceApi } from '../protocol/api';
import { queryApi } from '../protocol/query';
import type { Sns } from './sns';

export function snsApi(sns: Sns): ServiceApi {
  return queryApi({
    signingName: 'sns',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    operations: {
      Publish: {
        accepts: ['TopicArn', 'Subject', 'Message'],
        run: ({ TopicArn, Subject, Message }) => ({ MessageId: sns.publish(TopicArn, Subject, Message).id }),
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
