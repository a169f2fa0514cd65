import { type AccessRules, need } from '../access/need';

/**
 * Permissions that SNS's operations need.
 *
 * Source: Service Authorization Reference, Amazon SNS.
 */
export const SNS_ACCESS: AccessRules = {
  Publish: ({ TopicArn }) => need('sns:Publish', String(TopicArn)),
  ListTopics: () => need('sns:ListTopics'),
  ListSubscriptionsByTopic: ({ TopicArn }) => need('sns:ListSubscriptionsByTopic', String(TopicArn)),
};
