import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { ApiResponse } from '../protocol/api';
import type { BucketStore, ObjectMetadata, S3Object } from './bucket-store';
import { type S3Call, type S3Operation, wholeNumber } from './call';
import type { MultipartUploads } from './multipart-uploads';
import { readUpload } from './upload-body';
import { readXml, xmlResponse } from './xml';

/** Headers of uploads. Encryption is accepted and ignored: on AWS it is not visible to callers either. */
const UPLOAD_HEADERS = /^x-amz-(meta-.+|checksum-.+|server-side-encryption(-aws-kms-key-id)?|expected-bucket-owner)$/;
const READ_HEADERS = /^(x-amz-(checksum-mode|expected-bucket-owner)|if-match)$/;
const KEPT_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'expires'];

/** Operations on objects. */
export function objectOperations(
  buckets: BucketStore,
  uploads: MultipartUploads,
  clock: VirtualClock,
): readonly S3Operation[] {
  const read = ({ bucket, key, request: { headers } }: S3Call): ApiResponse => {
    const object = buckets.get(bucket, key);
    // A client that reads an object in parts sends If-Match, so that all parts are of the same object.
    if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag) {
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
    }
    return ranged(headers.range, object, headers['x-amz-checksum-mode'] === 'ENABLED');
  };

  return [
    {
      name: 'GetObject',
      method: 'GET',
      on: 'object',
      headers: READ_HEADERS,
      run: read,
    },
    {
      name: 'HeadObject',
      method: 'HEAD',
      on: 'object',
      headers: READ_HEADERS,
      run: read,
    },
    {
      name: 'PutObject',
      method: 'PUT',
      on: 'object',
      headers: UPLOAD_HEADERS,
      run({ bucket, key, request }) {
        const { bytes, checksums } = readUpload(request.headers, request.body);
        const metadata = { ...readMetadata(request.headers), checksums };
        const object = buckets.put(bucket, key, bytes, clock.date(), metadata);
        return { status: 200, headers: { etag: object.etag, ...checksums } };
      },
    },
    {
      name: 'DeleteObject',
      method: 'DELETE',
      on: 'object',
      headers: /^x-amz-expected-bucket-owner$/,
      run({ bucket, key }) {
        buckets.bucket(bucket).objects.delete(key);
        return { status: 204 };
      },
    },
    {
      name: 'CreateMultipartUpload',
      method: 'POST',
      on: 'object',
      requires: ['uploads'],
      headers: UPLOAD_HEADERS,
      run({ bucket, key, request }) {
        buckets.bucket(bucket);
        const id = uploads.begin(bucket, key, readMetadata(request.headers));
        return xmlResponse('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
      },
    },
    {
      name: 'UploadPart',
      method: 'PUT',
      on: 'object',
      requires: ['uploadId', 'partNumber'],
      headers: UPLOAD_HEADERS,
      run(call) {
        const { bytes, checksums } = readUpload(call.request.headers, call.request.body);
        const number = wholeNumber(call, 'partNumber', 0);
        const etag = uploads.add(call.request.query.get('uploadId')!, call.bucket, call.key, number, bytes);
        return { status: 200, headers: { etag, ...checksums } };
      },
    },
    {
      name: 'CompleteMultipartUpload',
      method: 'POST',
      on: 'object',
      requires: ['uploadId'],
      headers: UPLOAD_HEADERS,
      run({ bucket, key, request }) {
        const parts = (readXml(request.body, 'CompleteMultipartUpload').Part ?? []).map(
          (part: { PartNumber: string; ETag: string }) => ({ number: Number(part.PartNumber), etag: part.ETag }),
        );
        const { body, metadata } = uploads.complete(request.query.get('uploadId')!, bucket, key, parts);
        const { etag } = buckets.put(bucket, key, body, clock.date(), metadata);
        return xmlResponse('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: etag });
      },
    },
    {
      name: 'AbortMultipartUpload',
      method: 'DELETE',
      on: 'object',
      requires: ['uploadId'],
      run({ bucket, key, request }) {
        uploads.abort(request.query.get('uploadId')!, bucket, key);
        return { status: 204 };
      },
    },
  ];
}

function readMetadata(headers: Readonly<Record<string, string>>): ObjectMetadata {
  const entries = Object.entries(headers);
  const kept = entries.filter(([name]) => KEPT_HEADERS.includes(name));
  // `aws-chunked` is an encoding of the upload; the other values of Content-Encoding describe the object.
  const encoding = (headers['content-encoding'] ?? '')
    .split(',')
    .filter((coding) => coding && coding !== 'aws-chunked');
  if (encoding.length > 0) kept.push(['content-encoding', encoding.join(',')]);
  const user = entries
    .filter(([name]) => name.startsWith('x-amz-meta-'))
    .map(([name, value]) => [name.slice('x-amz-meta-'.length), value]);
  return {
    contentType: headers['content-type'],
    headers: Object.fromEntries(kept),
    user: Object.fromEntries(user),
  };
}

/**
 * @returns The object, or the requested range of it.
 * @throws AwsError InvalidRange.
 */
function ranged(range: string | undefined, object: S3Object, withChecksum: boolean): ApiResponse {
  const headers: Record<string, string> = {
    ...object.headers,
    'content-type': object.contentType ?? 'binary/octet-stream',
    'content-length': String(object.body.length),
    'last-modified': object.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    etag: object.etag,
  };
  for (const [name, value] of Object.entries(object.user ?? {})) headers[`x-amz-meta-${name}`] = value;
  if (range === undefined) {
    return { status: 200, headers: { ...headers, ...(withChecksum ? object.checksums : {}) }, body: object.body };
  }
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const last = object.body.length - 1;
  const start = from === '' ? Math.max(0, object.body.length - Number(to)) : Number(from);
  const end = from === '' || to === '' ? last : Math.min(Number(to), last);
  if ((from === '' && to === '') || start > end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  headers['content-range'] = `bytes ${start}-${end}/${object.body.length}`;
  headers['content-length'] = String(end - start + 1);
  return { status: 206, headers, body: object.body.subarray(start, end + 1) };
}
