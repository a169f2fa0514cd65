import { AwsError } from '../errors';
import type { BucketStore } from '../s3/bucket-store';

/** A TemplateBody holds at most so many bytes, a template in S3 1 MiB (CloudFormation guide, "quotas"). */
const LARGEST_BODY = 51_200;
const LARGEST_OBJECT = 1_048_576;

/** Where a template comes from: exactly one of both. */
export interface TemplateSource {
  readonly body?: string;
  /** Of an object in S3, in any of the forms that S3 has had. */
  readonly url?: string;
}

/**
 * @returns A template's text.
 * @throws AwsError ValidationError.
 */
export function readSource({ body, url }: TemplateSource, buckets: BucketStore): string {
  if ((body === undefined) === (url === undefined)) {
    throw new AwsError('ValidationError', 'Either Template URL or Template Body must be specified.');
  }
  if (body !== undefined) {
    if (Buffer.byteLength(body) <= LARGEST_BODY) return body;
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_BODY}`,
    );
  }
  const { bucket, key } = locate(url!);
  try {
    const object = buckets.get(bucket, key).body;
    if (object.length <= LARGEST_OBJECT) return object.toString('utf8');
  } catch (error) {
    throw new AwsError('ValidationError', `S3 error: ${(error as Error).message}`);
  }
  throw new AwsError('ValidationError', `Template may not exceed ${LARGEST_OBJECT} bytes in size.`);
}

/**
 * Takes a template's address apart: `https://s3.amazonaws.com/bucket/key`,
 * `https://s3.region.amazonaws.com/bucket/key`, `https://bucket.s3.region.amazonaws.com/key`, or path-style at any
 * other host, the rehearsal's endpoint for one.
 */
export function locate(url: string): { readonly bucket: string; readonly key: string } {
  const { hostname, pathname } = parseUrl(url);
  const path = decodeURIComponent(pathname.slice(1));
  const [, virtualHost] = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.exec(hostname) ?? [];
  if (virtualHost) return { bucket: virtualHost, key: path };
  const slash = path.indexOf('/');
  if (slash > 0) return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
  throw notSupported();
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw notSupported();
  }
}

function notSupported(): AwsError {
  return new AwsError('ValidationError', 'TemplateURL must be a supported URL.');
}
