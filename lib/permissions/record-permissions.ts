import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ledgerTableName } from '../../release/ledger/ledger-table';
import { RELEASE_NAMESPACE } from '../../release/ledger/release-metrics';
import { type AccountRegion, inRegion, type ReleaseNames } from '../names/release-names';

/**
 * @returns What it takes to record a release and its outcome in the environment's ledger, and to count it in metrics.
 */
export function recordPermissions(location: AccountRegion, names: ReleaseNames): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['dynamodb:PutItem', 'dynamodb:Query'],
      resources: [inRegion(location, 'dynamodb', `table/${ledgerTableName(names.serviceStack)}`)],
    }),
    // Metrics have no ARN, so a condition limits the permission to the namespace.
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': RELEASE_NAMESPACE } },
    }),
  ];
}
