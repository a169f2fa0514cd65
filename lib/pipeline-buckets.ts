import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

interface PipelineBucketsProps {
  /**
   * Whether another account reads the artifacts. If so, they are encrypted with a customer managed key ($1 a month),
   * because other accounts cannot use the AWS managed key of S3.
   */
  readonly readByOtherAccounts: boolean;
}

const PRIVATE: BucketProps = { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true };

/** The buckets in which the pipeline keeps data between actions and executions. Their objects expire. */
export class PipelineBuckets extends Construct {
  /** Sources, packages and templates, kept so that a person can retry an old execution. */
  readonly artifacts: IBucket;
  /** npm packages, by the hash of the lock file. */
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
