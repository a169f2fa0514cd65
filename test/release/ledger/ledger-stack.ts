import { LEDGER, ledgerTableName } from '../../../release/ledger/ledger-table';
import { type SmallAccount, target } from '../small-account';

/** Creates the table that the pipeline creates for a service's stack. */
export async function makeLedger(account: SmallAccount, stackName = target.stackName): Promise<void> {
  const { partitionKey, sortKey, expires } = LEDGER;
  const Properties = {
    TableName: ledgerTableName(stackName),
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' },
      { AttributeName: sortKey, AttributeType: 'S' },
    ],
    TimeToLiveSpecification: { AttributeName: expires, Enabled: true },
  };
  const body = JSON.stringify({ Resources: { Ledger: { Type: 'AWS::DynamoDB::Table', Properties } } });
  await account.region.cloudFormation.deploy({ stackName: `${stackName}-release`, template: { body } });
}
