import { AwsError, Unsupported } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Input } from '../protocol/input';
import { jsonApi } from '../protocol/json';
import { DYNAMODB_ACCESS } from './access';
import { type AttributeValue, type Item, readItem } from './attribute-value';

import { evaluateCondition } from './evaluate-condition';
import { type Condition, ExpressionReader } from './expression';
import { Placeholders } from './placeholders';
import { query } from './query';
import type { Table } from './table';
import type { Tables } from './tables';

const PLACEHOLDERS = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];

export function dynamoDbApi(tables: Tables): ServiceApi {
  return jsonApi({
    signingName: 'dynamodb',
    target: 'DynamoDB_20120810',
    version: '1.0',
    access: DYNAMODB_ACCESS,
    operations: {
      DescribeTable: {
        accepts: ['TableName'],
        run: ({ TableName }) => ({ Table: describeTable(tables.table(TableName)) }),
      },
      PutItem: {
        accepts: ['TableName', 'Item', 'ConditionExpression', 'ReturnValues', ...PLACEHOLDERS],
        run: (input) => {
          refuseReturnValues('PutItem', input);
          const placeholders = new Placeholders(input);
          const condition = readCondition(input, 'ConditionExpression', placeholders);
          placeholders.checkAllUsed();
          const table = tables.table(input.TableName);
          const item = readItem(input.Item ?? {});
          // An invalid key is reported before the condition is evaluated.
          table.checkItem(item);
          check(condition, table.get(item));
          table.put(item);
          return {};
        },
      },
      UpdateItem: {
        accepts: ['TableName', 'Key', 'UpdateExpression', 'ConditionExpression', 'ReturnValues', ...PLACEHOLDERS],
        run: (input) => {
          refuseReturnValues('UpdateItem', input);
          const placeholders = new Placeholders(input);
          const condition = readCondition(input, 'ConditionExpression', placeholders);
          const changes = input.UpdateExpression === undefined ? {} : readChanges(input.UpdateExpression, placeholders);
          placeholders.checkAllUsed();
          const table = tables.table(input.TableName);
          const key = readItem(input.Key ?? {});
          table.checkKey(key);
          const changedKey = Object.keys(changes).find((name) => key[name]);
          if (changedKey) {
            const message = `Cannot update attribute ${changedKey}. This attribute is part of the key`;
            throw new AwsError('ValidationException', `One or more parameter values were invalid: ${message}`);
          }
          const before = table.get(key);
          check(condition, before);
          table.put({ ...before, ...key, ...changes });
          return {};
        },
      },
      GetItem: {
        // ConsistentRead has no effect: all reads are consistent.
        accepts: ['TableName', 'Key', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames'],
        run: (input) => {
          const placeholders = new Placeholders(input);
          const attributes = readProjection(input, placeholders);
          placeholders.checkAllUsed();
          const table = tables.table(input.TableName);
          const key = readItem(input.Key ?? {});
          table.checkKey(key);
          const item = table.get(key);
          return { Item: item && project(item, attributes) };
        },
      },
      Query: {
        accepts: [
          'TableName',
          'KeyConditionExpression',
          'FilterExpression',
          'ProjectionExpression',
          'ScanIndexForward',
          'Limit',
          'ExclusiveStartKey',
          'ConsistentRead',
          ...PLACEHOLDERS,
        ],
        run: (input) => {
          const placeholders = new Placeholders(input);
          const keyCondition = readCondition(input, 'KeyConditionExpression', placeholders);
          const filter = readCondition(input, 'FilterExpression', placeholders);
          const attributes = readProjection(input, placeholders);
          placeholders.checkAllUsed();
          const table = tables.table(input.TableName);
          if (!keyCondition) {
            const message =
              'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.';
            throw new AwsError('ValidationException', message);
          }
          const { Limit: limit, ExclusiveStartKey: start } = input;
          if (limit !== undefined && !(limit >= 1)) {
            const constraint = 'Member must have value greater than or equal to 1';
            const message = `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint`;
            throw new AwsError('ValidationException', `${message}: ${constraint}`);
          }
          const startKey = start && readItem(start);
          if (startKey) table.checkKey(startKey);
          const backwards = input.ScanIndexForward === false;
          const { items, scanned, lastKey } = query(table, { keyCondition, filter, backwards, limit, startKey });
          return {
            Items: items.map((item) => project(item, attributes)),
            Count: items.length,
            ScannedCount: scanned,
            LastEvaluatedKey: lastKey,
          };
        },
      },
    },
  });
}

function readCondition(input: Input, parameter: string, placeholders: Placeholders): Condition | undefined {
  const text = input[parameter];
  return text === undefined ? undefined : new ExpressionReader(text, parameter, placeholders).condition();
}

function readProjection(input: Input, placeholders: Placeholders): readonly string[] | undefined {
  const text = input.ProjectionExpression;
  return text === undefined ? undefined : new ExpressionReader(text, 'ProjectionExpression', placeholders).attributes();
}

/**
 * Reads an UpdateExpression of the form `SET #a = :a, #b = :b`.
 *
 * @throws AwsError ValidationException; Unsupported for other forms.
 */
function readChanges(text: string, placeholders: Placeholders): Record<string, AttributeValue> {
  const reader = new ExpressionReader(text, 'UpdateExpression', placeholders);
  if (!reader.takes('SET')) throw new Unsupported(`dynamodb: the UpdateExpression ${text}`, 'use SET #name = :value');
  const changes: Record<string, AttributeValue> = {};
  do {
    const name = reader.attribute();
    reader.expect('=');
    const operand = reader.operand();
    if (operand.type !== 'value') throw new Unsupported(`dynamodb: SET of one attribute to another in ${text}`);
    changes[name] = operand.value;
  } while (reader.takes(','));
  reader.end();
  return changes;
}

/** @throws AwsError ConditionalCheckFailedException. */
function check(condition: Condition | undefined, item: Item | undefined): void {
  if (!condition || evaluateCondition(condition, item)) return;
  throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
}

function project(item: Item, attributes: readonly string[] | undefined): Item {
  if (!attributes) return item;
  return Object.fromEntries(attributes.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

function refuseReturnValues(operation: string, { ReturnValues: values }: Input): void {
  if (values !== undefined && values !== 'NONE')
    throw new Unsupported(`dynamodb:${operation} with ReturnValues ${values}`);
}

function describeTable(table: Table): object {
  const { hash, range } = table.schema;
  const elements = range ? [hash, range] : [hash];
  const items = table.items();
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.id,
    TableStatus: 'ACTIVE',
    CreationDateTime: table.created,
    AttributeDefinitions: elements.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: elements.map((element) => ({
      AttributeName: element.name,
      KeyType: element === hash ? 'HASH' : 'RANGE',
    })),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    DeletionProtectionEnabled: table.settings.deletionProtection,
    ItemCount: items.length,
    TableSizeBytes: table.size(),
  };
}
