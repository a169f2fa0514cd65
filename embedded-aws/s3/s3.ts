import type { VirtualClock } from '../clock';
import { AwsError, asAwsError } from '../errors';
import type { ApiRequest, ApiResponse, ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { bucketOperations } from './bucket-operations';
import type { BucketStore } from './bucket-store';
import { pick, readCall, type S3Operation } from './call';
import { MultipartUploads } from './multipart-uploads';
import { objectOperations } from './object-operations';
import { s3ResourceTypes } from './resource-types';
import { xmlError } from './xml';

export interface S3Props {
  /** The world's buckets, shared by all instances. */
  readonly buckets: BucketStore;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Amazon S3, path-style. It keeps to contract.md. */
export class S3 {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #buckets: BucketStore;
  readonly #operations: readonly S3Operation[];

  constructor({ buckets, clock, random }: S3Props) {
    this.#buckets = buckets;
    const uploads = new MultipartUploads(random.stream('uploads'));
    this.#operations = [...bucketOperations(buckets, clock), ...objectOperations(buckets, uploads, clock)];
    this.api = {
      signingName: 's3',
      operations: this.#operations.map(({ name, accepts = [] }) => ({ name, accepts })),
      handle: async (request) => this.#handle(request),
    };
    this.resourceTypes = s3ResourceTypes({ buckets, clock, random: random.stream('resources') });
  }

  /**
   * @returns An object's bytes.
   * @throws AwsError NoSuchBucket, NoSuchKey.
   */
  getObject(bucket: string, key: string): Buffer {
    return this.#buckets.get(bucket, key).body;
  }

  #handle(request: ApiRequest): ApiResponse {
    try {
      const call = readCall(request);
      const operation = pick(this.#operations, call);
      const elsewhere = operation.name === 'CreateBucket' ? undefined : this.#elsewhere(call.bucket, request);
      return elsewhere ?? operation.run(call);
    } catch (thrown) {
      const { code, message, status } = asAwsError(thrown);
      const answer = xmlError(code, message, request.path, status);
      return request.method === 'HEAD' ? { ...answer, body: undefined } : answer;
    }
  }

  /** A bucket answers in its own region only; elsewhere S3 names that region (API reference, PermanentRedirect). */
  #elsewhere(name: string, request: ApiRequest): ApiResponse | undefined {
    if (!name) return undefined;
    const { region } = this.#buckets.bucket(name);
    if (region === request.caller.region) return undefined;
    const { code, message } = new AwsError(
      'PermanentRedirect',
      `The bucket you are attempting to access must be addressed using the specified endpoint: it is in ${region}.`,
    );
    const answer = xmlError(code, message, request.path, 301);
    const headers = { ...answer.headers, 'x-amz-bucket-region': region };
    return { status: 301, headers, body: request.method === 'HEAD' ? undefined : answer.body };
  }
}
