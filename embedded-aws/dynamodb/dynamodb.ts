import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';
import { dynamoDbApi } from './api';
import { dynamoDbResourceTypes } from './resource-types';
import { Table, type TableSchema, type TableSettings } from './table';

interface DynamoDbProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Amazon DynamoDB, in one account and region. It keeps to contract.md. */
export class DynamoDb {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #tables = new Map<string, Table>();

  constructor({ scope, clock, random }: DynamoDbProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.#random = random.stream('ids');
    this.api = dynamoDbApi(this);
    this.resourceTypes = dynamoDbResourceTypes(this, clock, random.stream('names'));
  }

  /** @throws AwsError ResourceInUseException for a name that a table has already. */
  createTable(name: string, schema: TableSchema, settings: TableSettings): Table {
    if (this.#tables.has(name)) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
    const tableArn = arn('dynamodb', this.#scope, `table/${name}`);
    const table = new Table(name, tableArn, this.#random.uuid(), schema, settings, this.#clock);
    this.#tables.set(name, table);
    return table;
  }

  /** @throws AwsError ValidationException while the table is protected. */
  deleteTable(name: string): void {
    if (this.#tables.get(name)?.settings.deletionProtection) {
      throw new AwsError(
        'ValidationException',
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    this.#tables.delete(name);
  }

  /**
   * @param nameOrArn An ARN must be of this account and region.
   * @throws AwsError ResourceNotFoundException.
   */
  table(nameOrArn: string): Table {
    const name = nameOrArn?.startsWith(arn('dynamodb', this.#scope, 'table/')) ? nameOrArn.split('/')[1]! : nameOrArn;
    const table = this.#tables.get(name);
    if (!table) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }
}
