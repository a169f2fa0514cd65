import type { VirtualClock } from '../clock';
import { AwsError, asAwsError } from '../errors';
import {
  type ApiRequest,
  type ApiResponse,
  authorize,
  type DenialForm,
  joinAccess,
  type ServiceApi,
} from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { S3_ACCESS, s3Arn } from './access';
import { bucketOperations } from './bucket-operations';
import type { BucketStore } from './bucket-store';
import { findOperation, readCall, type S3Operation } from './call';
import { MultipartUploads } from './multipart-uploads';
import { objectOperations } from './object-operations';
import { s3ResourceTypes } from './resource-types';
import { xmlError } from './xml';

interface S3Props {
  /** Buckets of all accounts and regions, shared by all instances. */
  readonly buckets: BucketStore;
  readonly clock: VirtualClock;
  readonly random: Random;
}

const DENIAL: DenialForm = { code: 'AccessDenied', status: 403 };

/** Amazon S3 in one region, with path-style addresses; contract.md has its rules. */
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
      operations: joinAccess(
        's3',
        this.#operations.map(({ name, accepts = [] }) => ({ name, accepts })),
        S3_ACCESS,
      ),
      handle: async (request) => this.#handle(request),
    };
    this.resourceTypes = s3ResourceTypes({ buckets, clock, random: random.stream('resources') });
  }

  /**
   * @returns The bytes of an object.
   * @throws AwsError NoSuchBucket or NoSuchKey.
   */
  getObject(bucket: string, key: string): Buffer {
    return this.#buckets.get(bucket, key).body;
  }

  #handle(request: ApiRequest): ApiResponse {
    try {
      const call = readCall(request);
      const operation = findOperation(this.#operations, call);
      const redirect = operation.name === 'CreateBucket' ? undefined : this.#redirect(call.bucket, request);
      if (redirect) return redirect;
      authorize(request, S3_ACCESS[operation.name]!(call, request.caller), DENIAL);
      return operation.run(call);
    } catch (thrown) {
      const { code, message, status } = hideMissing(asAwsError(thrown), request);
      const answer = xmlError(code, message, request.path, status);
      return request.method === 'HEAD' ? { ...answer, body: undefined } : answer;
    }
  }

  /** The redirect to the bucket's region, when the request is for another one (API reference, PermanentRedirect). */
  #redirect(name: string, request: ApiRequest): ApiResponse | undefined {
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

/**
 * Without the permission to list a bucket, a caller gets AccessDenied for a missing key (S3 API reference, GetObject and
 * HeadObject).
 *
 * @returns The error that the caller gets.
 */
function hideMissing(error: AwsError, request: ApiRequest): AwsError {
  if (error.code !== 'NoSuchKey') return error;
  const denial = request.authorize({ action: 's3:ListBucket', resource: s3Arn(readCall(request).bucket) });
  return denial === undefined ? error : new AwsError(DENIAL.code, denial, DENIAL.status);
}
