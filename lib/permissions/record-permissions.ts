import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ledgerTableName } from '../../release/ledger/ledger-table';
import { RELEASE_NAMESPACE } from '../../release/ledger/release-metrics';
import { inRegion, type Place, type ReleaseNames } from '../names/release-names';

/** To write a release and its outcome into the environment's ledger, and to count it. */
export function recordPermissions(place: Place, names: ReleaseNames): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['dynamodb:PutItem', 'dynamodb:Query'],
      resources: [inRegion(place, 'dynamodb', `table/${ledgerTableName(names.serviceStack)}`)],
    }),
    // Metrics have no ARN, so the namespace is the scope.
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': RELEASE_NAMESPACE } },
    }),
  ];
}
