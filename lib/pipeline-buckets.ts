import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface PipelineBucketsProps {
  /** Another account can read only what a key that it may use has encrypted; the key costs $1 a month. */
  readonly readByOtherAccounts: boolean;
}

const PRIVATE: BucketProps = { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true };

/** What the pipeline keeps between its actions and between its runs; each bucket empties itself. */
export class PipelineBuckets extends Construct {
  /** Sources, packages, templates: as long as someone may still retry an old execution. */
  readonly artifacts: IBucket;
  /** npm's packages, by the hash of the lock file. */
  readonly cache: IBucket;

  constructor(scope: Construct, id: string, { readByOtherAccounts }: PipelineBucketsProps) {
    super(scope, id);
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...PRIVATE,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    const logged: BucketProps = { ...PRIVATE, serverAccessLogsBucket: accessLogs };
    this.artifacts = new Bucket(this, 'Artifacts', {
      ...logged,
      ...(readByOtherAccounts
        ? { encryptionKey: new Key(this, 'ArtifactsKey', { enableKeyRotation: true }) }
        : { encryption: BucketEncryption.S3_MANAGED }),
      serverAccessLogsPrefix: 'artifacts/',
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    this.cache = new Bucket(this, 'Cache', {
      ...logged,
      encryption: BucketEncryption.S3_MANAGED,
      serverAccessLogsPrefix: 'cache/',
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
  }
}
