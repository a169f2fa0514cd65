import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ledgerTableName } from '../../release/ledger/ledger-table';
import { type AccountRegion, inRegion, type ReleaseNames } from '../names/release-names';

/**
 * @returns What it takes to draw an environment's dashboard: reading its alarms and its ledger. Everyone who may open the
 * dashboard makes the function run, so it may write nothing.
 */
export function boardPermissions(location: AccountRegion, names: ReleaseNames): PolicyStatement[] {
  return [
    // Authorised on all alarms, whichever the request names.
    new PolicyStatement({
      actions: ['cloudwatch:DescribeAlarms'],
      resources: [inRegion(location, 'cloudwatch', 'alarm:*')],
    }),
    new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: [inRegion(location, 'dynamodb', `table/${ledgerTableName(names.serviceStack)}`)],
    }),
  ];
}
