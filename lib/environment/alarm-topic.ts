import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { type AccountRegion, inRegion } from '../names/release-names';

/**
 * Allows alarms to publish to a topic. Alarms of the topic's account need no permission under the default policy, but
 * adding a statement (such as `enforceSSL`) replaces that policy.
 *
 * The topic has no customer managed key: SNS encrypts its disks anyway, an alarm's message contains no secret, and
 * CloudWatch cannot use the AWS managed key of SNS.
 *
 * @param alarms Name of the alarms, with `*` as a wildcard.
 */
export function allowAlarmsToPublish(topic: Topic, location: AccountRegion, alarms: string): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': inRegion(location, 'cloudwatch', `alarm:${alarms}`) },
        StringEquals: { 'aws:SourceAccount': location.account },
      },
    }),
  );
}
