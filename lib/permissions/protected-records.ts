import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ledgerTableName } from '../../release/ledger/ledger-table';
import { type AccountRegion, alarmTopicArn, inRegion, type ReleaseNames } from '../names/release-names';

/**
 * Denies the service what the environment's `ReleaseStack` has under a name that begins like the service's own: the ledger, the
 * topic of its alarms, and the rule and queue that report a stopped shift. Otherwise a release could rewrite its own record.
 */
export function denyRecords(location: AccountRegion, names: ReleaseNames): PolicyStatement {
  const { serviceStack, undelivered } = names;
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['cloudwatch:*', 'dynamodb:*', 'events:*', 'sns:*', 'sqs:*'],
    resources: [
      inRegion(location, 'dynamodb', `table/${ledgerTableName(serviceStack)}`),
      alarmTopicArn(location, names),
      inRegion(location, 'events', `rule/${serviceStack}-shifts`),
      inRegion(location, 'sqs', undelivered),
      inRegion(location, 'cloudwatch', `alarm:${undelivered}`),
    ],
  });
}
