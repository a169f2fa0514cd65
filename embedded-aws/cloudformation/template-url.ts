import { QUOTAS } from '../../aws-rules/limits/quotas';
import { AwsError } from '../errors';
import type { BucketStore } from '../s3/bucket-store';

const LARGEST_BODY = QUOTAS.inlineTemplate.maximum;
const LARGEST_OBJECT = QUOTAS.template.maximum;

/** Source of a template; exactly one of both members is given. */
export interface TemplateSource {
  readonly body?: string;
  /** URL of an object in S3, in any form that {@link locate} reads. */
  readonly url?: string;
}

/**
 * @returns The text of a template.
 * @throws AwsError ValidationError when it is too large, not found, or not exactly one source is given.
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
 * Reads bucket and key from a template's URL: `https://s3.amazonaws.com/bucket/key`,
 * `https://s3.region.amazonaws.com/bucket/key`, `https://bucket.s3.region.amazonaws.com/key`, or path-style at any
 * other host, such as the embedded AWS.
 */
export function locate(url: string): { readonly bucket: string; readonly key: string } {
  const { hostname, pathname } = parseUrl(url);
  const path = decodeURIComponent(pathname.slice(1));
  const [, virtualHost] = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.exec(hostname) ?? [];
  if (virtualHost) return { bucket: virtualHost, key: path };
  const slash = path.indexOf('/');
  if (slash > 0) return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
  throw unsupportedUrl();
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw unsupportedUrl();
  }
}

function unsupportedUrl(): AwsError {
  return new AwsError('ValidationError', 'TemplateURL must be a supported URL.');
}
