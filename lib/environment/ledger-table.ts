import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { LEDGER, ledgerTableName } from '../../release/ledger/ledger-table';

/**
 * An environment's ledger of releases.
 *
 * It is deleted with its stack. A table that was retained would block the creation of a table of the same name, both
 * when the environment is created again and when the stack's first creation failed and is tried again. DynamoDB keeps
 * the last backup of a deleted table with point-in-time recovery for 35 days.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
 */
export class LedgerTable extends Table {
  /** @param serviceStack Name of the service's stack. */
  constructor(scope: Construct, id: string, serviceStack: string) {
    super(scope, id, {
      tableName: ledgerTableName(serviceStack),
      partitionKey: { name: LEDGER.partitionKey, type: AttributeType.STRING },
      sortKey: { name: LEDGER.sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      timeToLiveAttribute: LEDGER.expires,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
