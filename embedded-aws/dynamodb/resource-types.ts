import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, Properties, ResourceType } from '../resource-type';

import type { KeyElement, Table, TableSchema, TableSettings } from './table';
import type { Tables } from './tables';

/** Virtual milliseconds until a table is active or deleted, and until its settings are changed (inferred). */
const TABLE_TIME = 12_000;
const SETTINGS_TIME = 2_000;

/** `AWS::DynamoDB::Table`. */
export function dynamoDbResourceTypes(tables: Tables, clock: VirtualClock, random: Random): readonly ResourceType[] {
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
      // Without indexes a changed definition is always that of a key, whose type cannot change.
      replacedBy: ['AttributeDefinitions', 'KeySchema', 'TableName'],
      async create(properties, context) {
        const schema = readSchema(properties);
        const settings = readSettings(properties);
        await clock.sleep(TABLE_TIME);
        const name = properties.TableName ?? physicalName(context, random, { longest: 255 });
        return describe(tables.createTable(name, schema, settings));
      },
      async update(name, properties) {
        const settings = readSettings(properties);
        await clock.sleep(SETTINGS_TIME);
        const table = tables.table(name);
        table.settings = settings;
        return describe(table);
      },
      async delete(name) {
        await clock.sleep(TABLE_TIME);
        tables.deleteTable(name);
      },
    },
  ];
}

/** @throws AwsError ValidationException, Unsupported. */
function readSchema({ KeySchema: keys = [], AttributeDefinitions: definitions = [] }: Properties): TableSchema {
  const element = (keyType: 'HASH' | 'RANGE'): KeyElement | undefined => {
    const key = keys.find(({ KeyType }: Properties) => KeyType === keyType);
    if (!key) return undefined;
    const definition = definitions.find(({ AttributeName }: Properties) => AttributeName === key.AttributeName);
    if (!definition) {
      const names = keys.map(({ AttributeName }: Properties) => AttributeName).join(', ');
      throw invalid(`Some index key attributes are not defined in AttributeDefinitions. Keys: [${names}]`);
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

/** @throws Unsupported for provisioned capacity. */
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

/** @returns Whether the value is true; templates also have booleans as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', `One or more parameter values were invalid: ${message}`);
}

function describe({ name, arn }: Table): Physical {
  return { id: name, attributes: { Arn: arn } };
}
