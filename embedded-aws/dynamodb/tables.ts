import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Random } from '../random';
import { arn, type Scope } from '../scope';
import { Table, type TableSchema, type TableSettings } from './table';

interface TablesProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  /** Stream for the ids of tables. */
  readonly ids: Random;
}

/** The tables of an account and region. */
export class Tables {
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #ids: Random;
  readonly #tables = new Map<string, Table>();

  constructor({ scope, clock, ids }: TablesProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** @throws AwsError ResourceInUseException when the name is taken. */
  createTable(name: string, schema: TableSchema, settings: TableSettings): Table {
    if (this.#tables.has(name)) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
    const tableArn = arn('dynamodb', this.#scope, `table/${name}`);
    const table = new Table({ name, arn: tableArn, id: this.#ids.uuid(), schema, settings, clock: this.#clock });
    this.#tables.set(name, table);
    return table;
  }

  /** @throws AwsError ValidationException while the table has deletion protection. */
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
   * @param nameOrArn Name of the table, or its ARN in this account and region.
   * @throws AwsError ResourceNotFoundException.
   */
  table(nameOrArn: string): Table {
    const name = nameOrArn?.startsWith(arn('dynamodb', this.#scope, 'table/')) ? nameOrArn.split('/')[1]! : nameOrArn;
    const table = this.#tables.get(name);
    if (!table) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }
}
