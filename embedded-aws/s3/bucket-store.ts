import { createHash } from 'node:crypto';
import { bucketNameProblem } from '../../aws-rules/limits/bucket-name';
import { excess } from '../../aws-rules/limits/measure';
import type { ResourcePolicy } from '../access/access-control';
import { AwsError } from '../errors';
import type { Scope } from '../scope';

/** Metadata of an object. */
export interface ObjectMetadata {
  /** @default "binary/octet-stream" */
  readonly contentType?: string;
  /** Headers that S3 returns as they were sent, e.g. `cache-control`, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of the `x-amz-meta-*` headers, by lower-case name without the prefix. */
  readonly user?: Readonly<Record<string, string>>;
  /** Checksums by header name, e.g. `x-amz-checksum-crc32`. */
  readonly checksums?: Readonly<Record<string, string>>;
  /**
   * ETag in quotes.
   *
   * @default - The MD5 of the bytes.
   */
  readonly etag?: string;
}

/** An object in a bucket. */
export interface S3Object extends ObjectMetadata {
  readonly key: string;
  readonly body: Buffer;
  readonly etag: string;
  readonly lastModified: Date;
}

/** A bucket, with its objects in memory. */
export interface Bucket extends Scope {
  readonly name: string;
  readonly createdAt: Date;
  readonly objects: Map<string, S3Object>;
  /** Bucket policy; undefined when there is none. */
  policy?: object | undefined;
}

/** The buckets of all accounts and regions, among which names are unique (S3 user guide, "Bucket naming rules"). */
export class BucketStore {
  readonly #buckets = new Map<string, Bucket>();

  /** @throws AwsError BucketAlreadyOwnedByYou, BucketAlreadyExists or InvalidBucketName. */
  create(name: string, scope: Scope, createdAt: Date): Bucket {
    if (bucketNameProblem(name) !== undefined || excess('bucketName', name.length).length > 0) {
      throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
    }
    const taken = this.#buckets.get(name);
    if (taken?.accountId === scope.accountId) {
      throw new AwsError('BucketAlreadyOwnedByYou', `${name} already exists and you already own it`, 409);
    }
    if (taken) throw new AwsError('BucketAlreadyExists', `${name} already exists`, 409);
    const bucket: Bucket = { name, accountId: scope.accountId, region: scope.region, createdAt, objects: new Map() };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** @throws AwsError BucketNotEmpty or NoSuchBucket. */
  delete(name: string): void {
    if (this.bucket(name).objects.size > 0) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    }
    this.#buckets.delete(name);
  }

  /** @throws AwsError NoSuchBucket. */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return bucket;
  }

  /**
   * @param resourceArn ARN of a bucket or of an object.
   * @returns Owner and policy of the bucket; undefined when it does not exist.
   */
  policyOf(resourceArn: string): ResourcePolicy | undefined {
    const [, name = ''] = /^arn:aws:s3:::([^/]*)/.exec(resourceArn) ?? [];
    const bucket = this.#buckets.get(name);
    return bucket && { accountId: bucket.accountId, policy: bucket.policy };
  }

  /** @returns The buckets of an account, sorted by name. */
  owned(accountId: string): readonly Bucket[] {
    return [...this.#buckets.values()]
      .filter((bucket) => bucket.accountId === accountId)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError NoSuchBucket. */
  put(bucketName: string, key: string, body: Buffer, lastModified: Date, metadata: ObjectMetadata = {}): S3Object {
    const etag = metadata.etag ?? `"${createHash('md5').update(body).digest('hex')}"`;
    const object = { ...metadata, key, body, etag, lastModified };
    this.bucket(bucketName).objects.set(key, object);
    return object;
  }

  /** @throws AwsError NoSuchBucket or NoSuchKey. */
  get(bucketName: string, key: string): S3Object {
    const object = this.bucket(bucketName).objects.get(key);
    if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
    return object;
  }
}
