import { AwsError, Unsupported } from '../errors';
import type { ApiRequest, ApiResponse } from '../protocol/api';

/** An S3 request with a path-style address: `/bucket/key`. */
export interface S3Call {
  /** Name of the bucket; empty for an operation on the service. */
  readonly bucket: string;
  /** Key of the object; empty for an operation on a bucket. */
  readonly key: string;
  readonly request: ApiRequest;
}

/**
 * An S3 operation. A request is matched by its method, its target, and the query parameters that the operation
 * requires.
 */
export interface S3Operation {
  readonly name: string;
  readonly method: string;
  /** Target of the operation. */
  readonly on: 'service' | 'bucket' | 'object';
  /**
   * Query parameters that a request of this operation must have, e.g. `uploads`.
   *
   * @default - None.
   */
  readonly requires?: readonly string[];
  /**
   * Further query parameters that the operation acts on; any other is refused by name.
   *
   * @default - None.
   */
  readonly accepts?: readonly string[];
  /**
   * `x-amz-*` headers that the operation acts on, in addition to the common ones; any other is refused by name.
   *
   * @default - None.
   */
  readonly headers?: RegExp;
  run(call: S3Call): ApiResponse;
}

/**
 * Headers that any SDK sends and that need no action: signature, transport, client, and the kind of checksum that
 * follows.
 */
const COMMON_HEADERS =
  /^x-amz-(content-sha256|date|security-token|user-agent|decoded-content-length|trailer|sdk-checksum-algorithm)$/;
/** Query parameters that need no action; `x-id` names the operation for access logs. */
const COMMON_QUERY = ['x-id'];

/** @returns The request with its bucket and key, which may contain any character, including `/`. */
export function readCall(request: ApiRequest): S3Call {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(request.path) ?? [];
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), request };
}

/**
 * @returns The operation that a request calls.
 * @throws Unsupported when there is none, or the operation would ignore a query parameter or header.
 */
export function findOperation(operations: readonly S3Operation[], { bucket, key, request }: S3Call): S3Operation {
  const on = key ? 'object' : bucket ? 'bucket' : 'service';
  const operation = operations
    .filter((candidate) => candidate.method === request.method && candidate.on === on)
    .filter((candidate) => (candidate.requires ?? []).every((name) => request.query.has(name)))
    .sort((a, b) => (b.requires?.length ?? 0) - (a.requires?.length ?? 0))[0];
  const names = [...request.query.keys()];
  const call = `s3: ${request.method} of ${on === 'service' ? 'the service' : `an ${on}`.replace('an b', 'a b')}`;
  if (!operation) throw new Unsupported(`${call} with ${names.join(', ') || 'no query'}`);
  const known = [...(operation.requires ?? []), ...(operation.accepts ?? []), ...COMMON_QUERY];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Unsupported(`${call} with ${unknown.join(', ')}`);
  const ignored = Object.keys(request.headers)
    .filter((name) => name.startsWith('x-amz-') || name.startsWith('if-'))
    .filter((name) => !COMMON_HEADERS.test(name) && !operation.headers?.test(name));
  if (ignored.length > 0) throw new Unsupported(`s3:${operation.name} with ${ignored.join(', ')}`);
  return operation;
}

/** @throws AwsError InvalidArgument when a query parameter is not a whole number. */
export function wholeNumber(call: S3Call, name: string, fallback: number): number {
  const text = call.request.query.get(name);
  if (text === null) return fallback;
  if (!/^\d+$/.test(text)) throw new AwsError('InvalidArgument', `Provided ${name} not an integer`);
  return Number(text);
}
