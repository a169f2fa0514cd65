import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { inRegion, type Place } from '../names/release-names';

/**
 * Lets the alarms of a name, or of a beginning of one with a star after it, publish to a topic. A topic with a policy of
 * its own has lost the default one, by which its account's alarms may.
 *
 * Such a topic has no key of our own: SNS encrypts its disks, an alarm's message holds no secret, and CloudWatch can't
 * use SNS's key.
 */
export function letAlarmsPublish(topic: Topic, place: Place, alarms: string): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': inRegion(place, 'cloudwatch', `alarm:${alarms}`) },
        StringEquals: { 'aws:SourceAccount': place.account },
      },
    }),
  );
}
