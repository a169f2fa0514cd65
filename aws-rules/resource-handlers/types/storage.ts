import type { HandledChange } from '../handled-change';
import { calls, type HandlerTable, lifecycle, type TableCall, when } from '../handler-table';

/** Actions on a bucket by the property that they set, and the action that removes it where S3 has one of its own. */
const BUCKET_SETTINGS: Readonly<Record<string, readonly [set: string, remove?: string]>> = {
  AccelerateConfiguration: ['s3:PutAccelerateConfiguration'],
  AccessControl: ['s3:PutBucketAcl'],
  AnalyticsConfigurations: ['s3:PutAnalyticsConfiguration'],
  BucketEncryption: ['s3:PutEncryptionConfiguration'],
  CorsConfiguration: ['s3:PutBucketCORS'],
  IntelligentTieringConfigurations: ['s3:PutBucketIntelligentTieringConfiguration'],
  InventoryConfigurations: ['s3:PutInventoryConfiguration'],
  LifecycleConfiguration: ['s3:PutLifecycleConfiguration'],
  LoggingConfiguration: ['s3:PutBucketLogging'],
  MetricsConfigurations: ['s3:PutMetricsConfiguration'],
  NotificationConfiguration: ['s3:PutBucketNotification'],
  ObjectLockConfiguration: ['s3:PutBucketObjectLockConfiguration'],
  OwnershipControls: ['s3:PutBucketOwnershipControls'],
  PublicAccessBlockConfiguration: ['s3:PutBucketPublicAccessBlock'],
  ReplicationConfiguration: ['s3:PutReplicationConfiguration'],
  VersioningConfiguration: ['s3:PutBucketVersioning'],
  WebsiteConfiguration: ['s3:PutBucketWebsite', 's3:DeleteBucketWebsite'],
};

/** Calls by the property of a DynamoDB table that they set. */
const TABLE_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  ContributorInsightsSpecification: ['dynamodb:UpdateContributorInsights', 'dynamodb:DescribeContributorInsights'],
  KinesisStreamSpecification: [
    'dynamodb:EnableKinesisStreamingDestination',
    'dynamodb:DescribeKinesisStreamingDestination',
  ],
  PointInTimeRecoverySpecification: ['dynamodb:UpdateContinuousBackups', 'dynamodb:DescribeContinuousBackups'],
  TimeToLiveSpecification: ['dynamodb:UpdateTimeToLive', 'dynamodb:DescribeTimeToLive'],
};

/**
 * Calls for the types of S3, DynamoDB, KMS, Systems Manager and Secrets Manager.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const STORAGE_HANDLERS: HandlerTable = {
  'AWS::S3::Bucket': bucketCalls,
  'AWS::S3::BucketPolicy': lifecycle({
    resource: (change) => bucketArn(change, change.text('Bucket')),
    create: ['s3:GetBucketPolicy', 's3:PutBucketPolicy'],
    update: ['s3:GetBucketPolicy', 's3:PutBucketPolicy'],
    delete: ['s3:GetBucketPolicy', 's3:DeleteBucketPolicy'],
  }),
  'AWS::DynamoDB::Table': lifecycle({
    resource: tableArn,
    create: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
    update: ['dynamodb:DescribeTable', 'dynamodb:UpdateTable'],
    delete: ['dynamodb:DescribeTable', 'dynamodb:DeleteTable'],
    tags: { property: 'Tags', set: 'dynamodb:TagResource', remove: 'dynamodb:UntagResource' },
    more: (change, table) =>
      when(change.operation !== 'delete', [
        ...Object.entries(TABLE_SETTINGS).flatMap(([property, actions]) =>
          when(change.sets(property), calls(table, ...actions)),
        ),
        ...when(
          change.sets('SSESpecification') && change.has('SSESpecification.KMSMasterKeyId'),
          calls(
            change.arnOf('SSESpecification.KMSMasterKeyId', 'kms', (id) => `key/${id}`),
            'kms:CreateGrant',
            'kms:DescribeKey',
          ),
        ),
        ...when(change.sets('ImportSourceSpecification'), calls(table, 'dynamodb:ImportTable')),
      ]),
  }),
  'AWS::DynamoDB::GlobalTable': lifecycle({
    resource: tableArn,
    create: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
    update: ['dynamodb:DescribeTable', 'dynamodb:UpdateTable'],
    delete: ['dynamodb:DescribeTable', 'dynamodb:DeleteTable'],
  }),
  'AWS::KMS::Key': lifecycle({
    // CreateKey has no resource level: the key has no id yet.
    resource: (change) => (change.physicalId === undefined ? '*' : change.arn('kms', `key/${change.physicalId}`)),
    create: ['kms:CreateKey'],
    update: ['kms:DescribeKey'],
    delete: ['kms:DescribeKey', 'kms:ScheduleKeyDeletion'],
    tags: { property: 'Tags', set: 'kms:TagResource', remove: 'kms:UntagResource' },
    more: (change) => keySettingCalls(change),
  }),
  'AWS::KMS::Alias': (change) => {
    const verb = { create: 'Create', update: 'Update', delete: 'Delete' }[change.operation];
    const resources = [
      change.arn('kms', change.text('AliasName')),
      change.arnOf('TargetKeyId', 'kms', (id) => `key/${id}`),
    ];
    return resources.flatMap((resource) => calls(resource, `kms:${verb}Alias`));
  },
  'AWS::SSM::Parameter': lifecycle({
    resource: (change) => change.arn('ssm', `parameter/${change.name('Name', { longest: 2048 }).replace(/^\//, '')}`),
    create: ['ssm:PutParameter', 'ssm:GetParameters'],
    update: ['ssm:PutParameter', 'ssm:GetParameters'],
    delete: ['ssm:DeleteParameter'],
    tags: { property: 'Tags', set: 'ssm:AddTagsToResource', remove: 'ssm:RemoveTagsFromResource' },
  }),
  'AWS::SecretsManager::Secret': lifecycle({
    resource: (change) =>
      change.physicalId ??
      change.arn('secretsmanager', `secret:${change.name('Name', { longest: 512 })}-${change.generated(6)}`),
    create: ['secretsmanager:CreateSecret', 'secretsmanager:DescribeSecret'],
    update: ['secretsmanager:UpdateSecret'],
    delete: ['secretsmanager:DescribeSecret', 'secretsmanager:DeleteSecret'],
    tags: { property: 'Tags', set: 'secretsmanager:TagResource', remove: 'secretsmanager:UntagResource' },
    more: (change, secret) =>
      when(change.operation !== 'delete', [
        ...when(change.sets('GenerateSecretString'), calls('*', 'secretsmanager:GetRandomPassword')),
        ...when(
          change.operation === 'update' && change.sets('ReplicaRegions'),
          calls(secret, 'secretsmanager:ReplicateSecretToRegions'),
        ),
      ]),
  }),
};

/**
 * A bucket's configurations are set one by one after CreateBucket. Tags of a new bucket need s3:TagResource as well, since
 * November 2025 (hashicorp/terraform-provider-aws#45251).
 */
function bucketCalls(change: HandledChange): readonly TableCall[] {
  const bucket = bucketArn(change, change.name('BucketName', { longest: 63, lowerCase: true }));
  if (change.operation === 'delete') return calls(bucket, 's3:DeleteBucket');
  const creating = change.operation === 'create';
  const tags = Object.keys(change.newTags('Tags')).length > 0;
  return [
    ...when(creating, calls(bucket, 's3:CreateBucket')),
    ...Object.entries(BUCKET_SETTINGS).flatMap(([property, [set, remove = set]]) => [
      ...when(change.sets(property), calls(bucket, set)),
      ...when(change.removes(property), calls(bucket, remove)),
    ]),
    ...when(tags && creating, calls(bucket, 's3:TagResource')),
    ...when(tags || change.removedTags('Tags').length > 0, calls(bucket, 's3:PutBucketTagging')),
  ];
}

function keySettingCalls(change: HandledChange): readonly TableCall[] {
  if (change.operation === 'delete') return [];
  const key = change.arn('kms', `key/${change.physicalId ?? '*'}`);
  const updating = change.operation === 'update';
  const isTrue = (path: string) => String(change.value(path)) === 'true';
  const rotation = isTrue('EnableKeyRotation') ? 'kms:EnableKeyRotation' : 'kms:DisableKeyRotation';
  return [
    ...when(updating ? change.changes('EnableKeyRotation') : isTrue('EnableKeyRotation'), calls(key, rotation)),
    ...when(updating && change.changes('KeyPolicy'), calls(key, 'kms:PutKeyPolicy')),
    ...when(updating && change.changes('Description'), calls(key, 'kms:UpdateKeyDescription')),
    ...when(updating && change.changes('Enabled'), calls(key, isTrue('Enabled') ? 'kms:EnableKey' : 'kms:DisableKey')),
    ...when(!updating && change.text('Enabled') === 'false', calls(key, 'kms:DisableKey')),
  ];
}

function tableArn(change: HandledChange): string {
  return change.arn('dynamodb', `table/${change.name('TableName', { longest: 255 })}`);
}

function bucketArn({ location: { partition } }: HandledChange, name: string): string {
  return `arn:${partition}:s3:::${name}`;
}
