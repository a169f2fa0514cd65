import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { PipelineWorld } from './pipeline-world';

let world: PipelineWorld;
let client: DynamoDBClient;

const TableName = 'releases';
const ledger = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'kind', AttributeType: 'S' },
    { AttributeName: 'number', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'kind', KeyType: 'HASH' },
    { AttributeName: 'number', KeyType: 'RANGE' },
  ],
  TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
};
const table = (properties: object = {}) => ({
  Table: { Type: 'AWS::DynamoDB::Table', Properties: { ...ledger, ...properties } },
});

beforeAll(async () => {
  world = new PipelineWorld();
  client = new DynamoDBClient(await world.open());
  await world.deploy(table());
});
afterAll(() => world.close());

const key = (kind: string, number: number) => ({ kind: { S: kind }, number: { N: String(number) } });
const put = (Item: Record<string, AttributeValue>, more: Partial<PutItemCommandInput> = {}) =>
  client.send(new PutItemCommand({ TableName, Item, ...more }));
const get = async (Key: Record<string, AttributeValue>) =>
  (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
const query = (input: Partial<QueryCommandInput>) =>
  client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: 'range' } },
      ...input,
    }),
  );

test('a stack creates a table with the key and billing mode of its template', async () => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({
    TableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/releases',
    TableStatus: 'ACTIVE',
    KeySchema: ledger.KeySchema,
    AttributeDefinitions: ledger.AttributeDefinitions,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  });
});

test('an item is returned as it was put, including bytes and documents, with numbers in plain digits', async () => {
  const document = { M: { list: { L: [{ NULL: true }, { BOOL: false }, { N: '1.50e3' }] }, set: { SS: ['b', 'a'] } } };
  await put({ ...key('values', 1), bytes: { B: Buffer.from([0, 255, 10]) }, document, empty: { S: '' } });
  expect(await get(key('values', 1))).toEqual({
    ...key('values', 1),
    bytes: { B: new Uint8Array([0, 255, 10]) },
    document: { M: { list: { L: [{ NULL: true }, { BOOL: false }, { N: '1500' }] }, set: { SS: ['b', 'a'] } } },
    empty: { S: '' },
  });
  expect(await get(key('values', 2))).toBeUndefined();
});

test('an item is replaced as a whole, also when the number in its key is written differently', async () => {
  await put({ ...key('whole', 1), a: { S: '1' } });
  await put({ kind: { S: 'whole' }, number: { N: '1.0' }, b: { S: '2' } });
  expect(await get(key('whole', 1))).toEqual({ ...key('whole', 1), b: { S: '2' } });
});

test('a failed condition changes nothing', async () => {
  const first = put(key('claim', 1), { ConditionExpression: 'attribute_not_exists(kind)' });
  await expect(first).resolves.toBeDefined();
  const second = put(
    { ...key('claim', 1), late: { BOOL: true } },
    { ConditionExpression: 'attribute_not_exists(kind)' },
  );
  await expect(second).rejects.toThrow(ConditionalCheckFailedException);
  expect(await get(key('claim', 1))).toEqual(key('claim', 1));
});

describe('conditions', () => {
  const values = { ':one': { N: '1' }, ':two': { N: '2' }, ':word': { S: 'ab' }, ':prefix': { S: 'a' } };
  test.each([
    ['word = :word', true],
    ['one = :word', false],
    ['absent <> :one', true],
    ['absent < :one', false],
    ['one < :two AND one <= :one AND NOT one > :one', true],
    ['one >= :two OR begins_with(word, :prefix)', true],
    ['(one = :two OR word = :word) AND attribute_exists(one)', true],
    ['one = :two OR word = :word AND attribute_exists(absent)', false],
    ['NOT (one BETWEEN :one AND :two)', false],
    ['attribute_not_exists(absent) and not attribute_exists(#n)', true],
  ])('%s is %s', async (ConditionExpression, holds) => {
    await put({ ...key('condition', 1), one: { N: '1' }, word: { S: 'ab' } });
    const used = Object.entries(values).filter(([name]) => ConditionExpression.includes(name));
    const attempt = put(
      { ...key('condition', 1), one: { N: '1' }, word: { S: 'ab' } },
      {
        ConditionExpression,
        ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
        ...(ConditionExpression.includes('#n') && { ExpressionAttributeNames: { '#n': 'no.path' } }),
      },
    );
    if (holds) await expect(attempt).resolves.toBeDefined();
    else await expect(attempt).rejects.toThrow('The conditional request failed');
  });
});

test('a query returns the items of a hash key in the order of their range key, in pages and in both directions', async () => {
  for (const number of [10, 9, -1, 2]) await put(key('range', number));
  await put(key('other', 1));
  const numbers = ({ Items = [] }: { Items?: Record<string, AttributeValue>[] }) => Items.map((item) => item.number?.N);
  expect(numbers(await query({}))).toEqual(['-1', '2', '9', '10']);

  const newest = await query({ ScanIndexForward: false, Limit: 3 });
  expect([numbers(newest), newest.LastEvaluatedKey]).toEqual([['10', '9', '2'], key('range', 2)]);
  const rest = await query({ ScanIndexForward: false, Limit: 3, ExclusiveStartKey: newest.LastEvaluatedKey });
  expect([numbers(rest), rest.LastEvaluatedKey]).toEqual([['-1'], undefined]);

  const between = await query({
    KeyConditionExpression: '#k = :kind AND #n BETWEEN :low AND :high',
    ExpressionAttributeNames: { '#k': 'kind', '#n': 'number' },
    ExpressionAttributeValues: { ':kind': { S: 'range' }, ':low': { N: '2' }, ':high': { N: '9' } },
  });
  expect(numbers(between)).toEqual(['2', '9']);
});

test('a filter is applied after reading, so that a page can be shorter than its limit', async () => {
  for (const number of [1, 2, 3]) await put({ ...key('filter', number), odd: { BOOL: number % 2 === 1 } });
  const result = await query({
    Limit: 2,
    FilterExpression: 'odd = :odd',
    ProjectionExpression: '#n',
    ExpressionAttributeNames: { '#n': 'number' },
    ExpressionAttributeValues: { ':kind': { S: 'filter' }, ':odd': { BOOL: true } },
  });
  expect(result).toMatchObject({ Items: [{ number: { N: '1' } }], Count: 1, ScannedCount: 2 });
  expect(result.LastEvaluatedKey).toEqual(key('filter', 2));
});

test('a query reads at most 1 MB per page', async () => {
  const big = { S: 'x'.repeat(399_000) };
  for (const number of [1, 2, 3, 4]) await put({ ...key('big', number), big });
  const values = { ExpressionAttributeValues: { ':kind': { S: 'big' } } };
  const page = await query(values);
  expect([page.Count, page.LastEvaluatedKey]).toEqual([3, key('big', 3)]);
  expect(await query({ ...values, ExclusiveStartKey: page.LastEvaluatedKey })).toMatchObject({ Count: 1 });
});

test('an update sets attributes, and creates the item when there is none', async () => {
  const update = (UpdateExpression: string, ConditionExpression?: string) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: key('update', 1),
        UpdateExpression,
        ConditionExpression,
        ExpressionAttributeNames: { '#a': UpdateExpression.includes('number') ? 'number' : 'a' },
        ExpressionAttributeValues: { ':v': { N: '1' } },
      }),
    );
  await update('SET #a = :v');
  await update('SET #a = :v, b = :v', 'attribute_exists(kind)');
  expect(await get(key('update', 1))).toEqual({ ...key('update', 1), a: { N: '1' }, b: { N: '1' } });
  await expect(update('SET #a = :v', 'attribute_not_exists(kind)')).rejects.toThrow(ConditionalCheckFailedException);
});

test('an expired item is deleted after two days, because AWS deletes late', async () => {
  const now = world.clock.now() / 1000;
  await put({ ...key('expiry', 1), expires: { N: String(now + 60) } });
  await put({ ...key('expiry', 2), expires: { N: String(now * 1000) } });
  await put({ ...key('expiry', 3), expires: { N: '1' } });
  await world.clock.elapse(2 * 86_400_000);
  expect(await get(key('expiry', 1))).toBeDefined();
  await world.clock.elapse(60_000);
  expect(await get(key('expiry', 1))).toBeUndefined();
  // An expiry in milliseconds is in the far future, and one in 1970 is ignored.
  expect(await get(key('expiry', 2))).toBeDefined();
  expect(await get(key('expiry', 3))).toBeDefined();
});

describe('an invalid request is refused with the message of DynamoDB', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['Requested resource not found', () => put(key('x', 1), { TableName: 'absent' })],
    ['Missing the key number in the item', () => put({ kind: { S: 'x' } })],
    ['Type mismatch for key number expected: N actual: S', () => put({ kind: { S: 'x' }, number: { S: '1' } })],
    ['cannot contain an empty string value. Key: kind', () => put(key('', 1))],
    ['Size of hashkey has exceeded the maximum size limit of 2048 bytes', () => put(key('x'.repeat(2_049), 1))],
    ['Item size has exceeded the maximum allowed size', () => put({ ...key('x', 1), a: { S: 'x'.repeat(409_600) } })],
    ['cannot be converted to a numeric value: one', () => put({ ...key('x', 1), a: { N: 'one' } })],
    ['more than 38 significant digits', () => put({ ...key('x', 1), a: { N: '1'.repeat(39) } })],
    ['The provided key element does not match the schema', () => get({ kind: { S: 'x' } })],
    [
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: number',
      () => put(key('x', 1), { ConditionExpression: 'attribute_not_exists(number)' }),
    ],
    [
      'An expression attribute name used in the document path is not defined; attribute name: #a',
      () => put(key('x', 1), { ConditionExpression: 'attribute_exists(#a)' }),
    ],
    [
      'An expression attribute value used in expression is not defined; attribute value: :v',
      () => put(key('x', 1), { ConditionExpression: 'a = :v' }),
    ],
    [
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
      () =>
        put(key('x', 1), {
          ConditionExpression: 'attribute_exists(a)',
          ExpressionAttributeValues: { ':v': { S: '' } },
        }),
    ],
    ['Syntax error; token: <EOF>', () => put(key('x', 1), { ConditionExpression: 'attribute_exists(a) AND' })],
    [
      'Query condition missed key schema element: kind',
      () =>
        query({
          KeyConditionExpression: '#n = :n',
          ExpressionAttributeNames: { '#n': 'number' },
          ExpressionAttributeValues: { ':n': { N: '1' } },
        }),
    ],
    [
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: kind',
      () => query({ FilterExpression: 'a = :kind AND NOT begins_with(kind, :kind)' }),
    ],
    [
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
      () =>
        put(key('x', 1), {
          ConditionExpression: 'begins_with(a, :n)',
          ExpressionAttributeValues: { ':n': { N: '1' } },
        }),
    ],
    ['Query key condition not supported', () => query({ KeyConditionExpression: 'kind > :kind' })],
    [
      'Condition parameter type does not match schema type',
      () => query({ ExpressionAttributeValues: { ':kind': { N: '1' } } }),
    ],
  ])('%s', async (message, attempt) => {
    await expect(attempt()).rejects.toThrow(message);
  });
});

test('what is not supported is refused by name', async () => {
  await expect(put(key('x', 1), { ReturnValues: 'ALL_OLD' })).rejects.toThrow(
    'dynamodb:PutItem with ReturnValues ALL_OLD',
  );
  await expect(put(key('x', 1), { ConditionExpression: 'attribute_exists(a.b)' })).rejects.toThrow(
    'a path into the attribute a in a ConditionExpression',
  );
  await expect(put(key('x', 1), { ConditionExpression: 'size(a) = a' })).rejects.toThrow('the function size');
  await expect(world.deploy(table({ StreamSpecification: {} }))).rejects.toThrow('StreamSpecification');
});

test('settings change in place, another key replaces the table, and a protected table is not deleted', async () => {
  const other = new PipelineWorld();
  const config = await other.open();
  try {
    const unnamed = { TableName: undefined };
    const first = await other.deploy(table(unnamed));
    const name = first.stack.resources.get('Table')?.physical?.id;
    expect(name).toMatch(/^app-Table-[A-Z0-9]{12}$/);
    const second = await other.deploy(table({ ...unnamed, DeletionProtectionEnabled: true }));
    expect(second.stack.resources.get('Table')?.physical?.id).toBe(name);

    const KeySchema = [{ AttributeName: 'kind', KeyType: 'HASH' }];
    const AttributeDefinitions = [{ AttributeName: 'kind', AttributeType: 'S' }];
    const third = await other.deploy(table({ ...unnamed, KeySchema, AttributeDefinitions }));
    expect(third.stack.resources.get('Table')?.physical?.id).not.toBe(name);
    const { Table } = await new DynamoDBClient(config).send(new DescribeTableCommand({ TableName: name }));
    expect(Table).toMatchObject({ DeletionProtectionEnabled: true });

    await other.deploy(table({ ...unnamed, BillingMode: 'PROVISIONED', KeySchema, AttributeDefinitions }));
    const reasons = other.region.cloudFormation.events('app').map(({ reason }) => reason);
    expect(reasons).toContainEqual(expect.stringContaining('billing mode PROVISIONED'));
  } finally {
    await other.close();
  }
});
