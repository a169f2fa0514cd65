import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';
import type { DynamoDb } from './dynamodb';
import type { KeyElement, Table, TableSchema, TableSettings } from './table';

/**
 * CloudFormation waits until a table is active: about 12 s; its settings take about 2 s (inferred). In milliseconds.
 */
const TABLE_TAKES = 12_000;
const SETTINGS_TAKE = 2_000;

/** `AWS::DynamoDB::Table`. */
export function dynamoDbResourceTypes(tables: DynamoDb, clock: VirtualClock, random: Random): readonly ResourceType[] {
  return [
    {
      type: 'AWS::DynamoDB::Table',
      accepts: [
        'AttributeDefinitions',
        'BillingMode',
        'DeletionProtectionEnabled',
        'KeySchema',
        'PointInTimeRecoverySpecification',
        'SSESpecification',
        'TableName',
        'Tags',
        'TimeToLiveSpecification',
      ],
      // Without indexes a changed definition is always that of a key, and a key's type cannot change.
      replacedBy: ['AttributeDefinitions', 'KeySchema', 'TableName'],
      async create(properties, context) {
        const schema = readSchema(properties);
        const settings = readSettings(properties);
        await clock.sleep(TABLE_TAKES);
        const name = properties.TableName ?? physicalName(context, random, { longest: 255 });
        return describe(tables.createTable(name, schema, settings));
      },
      async update(name, properties) {
        const settings = readSettings(properties);
        await clock.sleep(SETTINGS_TAKE);
        const table = tables.table(name);
        table.settings = settings;
        return describe(table);
      },
      async delete(name) {
        await clock.sleep(TABLE_TAKES);
        tables.deleteTable(name);
      },
    },
  ];
}

/** @throws AwsError ValidationException, Unsupported. */
function readSchema({ KeySchema: keys = [], AttributeDefinitions: definitions = [] }: Properties): TableSchema {
  const element = (keyType: 'HASH' | 'RANGE'): KeyElement | undefined => {
    const key = keys.find((each: Properties) => each.KeyType === keyType);
    if (!key) return undefined;
    const definition = definitions.find((each: Properties) => each.AttributeName === key.AttributeName);
    if (!definition) {
      const some = keys.map((each: Properties) => each.AttributeName).join(', ');
      throw invalid(`Some index key attributes are not defined in AttributeDefinitions. Keys: [${some}]`);
    }
    const { AttributeType: type } = definition;
    if (type === 'S' || type === 'N') return { name: key.AttributeName, type };
    throw new Unsupported(`dynamodb: a key of type ${type}`, 'use a string or a number');
  };
  const hash = element('HASH');
  const range = element('RANGE');
  if (!hash) throw invalid('No Hash Key specified in schema. All Dynamo DB tables must have exactly one hash key');
  if (definitions.length !== keys.length) {
    throw invalid(
      'Number of attributes in KeySchema does not exactly match number of attributes in AttributeDefinitions',
    );
  }
  return range ? { hash, range } : { hash };
}

/** @throws Unsupported for capacity that would have to be provisioned. */
function readSettings(properties: Properties): TableSettings {
  const {
    BillingMode: billing = 'PROVISIONED',
    TimeToLiveSpecification: timeToLive = {},
    PointInTimeRecoverySpecification: recovery = {},
  } = properties;
  if (billing !== 'PAY_PER_REQUEST') {
    throw new Unsupported(`dynamodb: the billing mode ${billing}`, 'use PAY_PER_REQUEST');
  }
  return {
    deletionProtection: isTrue(properties.DeletionProtectionEnabled),
    pointInTimeRecovery: isTrue(recovery.PointInTimeRecoveryEnabled),
    timeToLive: isTrue(timeToLive.Enabled) ? timeToLive.AttributeName : undefined,
  };
}

/** Templates have booleans also as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', `One or more parameter values were invalid: ${message}`);
}

function describe({ name, arn }: Table): Physical {
  return { id: name, attributes: { Arn: arn } };
}
