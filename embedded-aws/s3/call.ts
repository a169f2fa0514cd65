import { AwsError, Unsupported } from '../errors';
import type { ApiRequest, ApiResponse } from '../protocol/api';

/** One S3 request, taken apart path-style: `/bucket/key`. */
export interface S3Call {
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for a bucket itself. */
  readonly key: string;
  readonly request: ApiRequest;
}

/**
 * An S3 operation. Which one a request is follows from its method, its target, and the query parameters it must have.
 */
export interface S3Operation {
  readonly name: string;
  readonly method: string;
  readonly on: 'service' | 'bucket' | 'object';
  /**
   * Query parameters that tell it from its siblings, e.g. `uploads`.
   *
   * @default - None.
   */
  readonly marked?: readonly string[];
  /**
   * Further query parameters that it acts on.
   *
   * @default - None; any other is refused by name.
   */
  readonly accepts?: readonly string[];
  /**
   * `x-amz-*` headers that it acts on beside the common ones.
   *
   * @default - None; any other is refused by name.
   */
  readonly headers?: RegExp;
  run(call: S3Call): ApiResponse;
}

/** Headers of every SDK's requests that carry no wish: signature, transport, client, and which checksum will come. */
const COMMON_HEADERS =
  /^x-amz-(content-sha256|date|security-token|user-agent|decoded-content-length|trailer|sdk-checksum-algorithm)$/;
/** `x-id` names the operation for people who read access logs. */
const COMMON_QUERY = ['x-id'];

/** @returns The call as S3 reads the request; S3 keys may hold anything, `/` included. */
export function readCall(request: ApiRequest): S3Call {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(request.path) ?? [];
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), request };
}

/**
 * @returns The operation that the call is.
 * @throws Unsupported for any other, or when it carries what is not acted on.
 */
export function pick(operations: readonly S3Operation[], { bucket, key, request }: S3Call): S3Operation {
  const on = key ? 'object' : bucket ? 'bucket' : 'service';
  const operation = operations
    .filter((each) => each.method === request.method && each.on === on)
    .filter((each) => (each.marked ?? []).every((name) => request.query.has(name)))
    .sort((a, b) => (b.marked?.length ?? 0) - (a.marked?.length ?? 0))[0];
  const names = [...request.query.keys()];
  const call = `s3: ${request.method} of ${on === 'service' ? 'the service' : `an ${on}`.replace('an b', 'a b')}`;
  if (!operation) throw new Unsupported(`${call} with ${names.join(', ') || 'no query'}`);
  const known = [...(operation.marked ?? []), ...(operation.accepts ?? []), ...COMMON_QUERY];
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
