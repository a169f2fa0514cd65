import type { VirtualClock } from '../clock';
import type { BucketStore } from './bucket-store';
import { type S3Call, type S3Operation, wholeNumber } from './call';
import { readXml, xmlResponse } from './xml';

/** Largest number of keys on a page of ListObjectsV2 (S3 API reference). */
const MAX_KEYS = 1000;
const OWNER_HEADER = /^x-amz-(expected-bucket-owner|optional-object-attributes)$/;

/** Operations on the service and on buckets. */
export function bucketOperations(buckets: BucketStore, clock: VirtualClock): readonly S3Operation[] {
  return [
    {
      name: 'ListBuckets',
      method: 'GET',
      on: 'service',
      run({ request }) {
        const owned = buckets.owned(request.caller.accountId);
        return xmlResponse('ListAllMyBucketsResult', {
          Owner: { ID: request.caller.accountId },
          Buckets: { Bucket: owned.map((bucket) => ({ Name: bucket.name, CreationDate: bucket.createdAt })) },
        });
      },
    },
    {
      name: 'CreateBucket',
      method: 'PUT',
      on: 'bucket',
      run({ bucket, request }) {
        buckets.create(bucket, request.caller, clock.date());
        return { status: 200, headers: { location: `/${bucket}` } };
      },
    },
    {
      name: 'DeleteBucket',
      method: 'DELETE',
      on: 'bucket',
      run({ bucket }) {
        buckets.delete(bucket);
        return { status: 204 };
      },
    },
    {
      name: 'HeadBucket',
      method: 'HEAD',
      on: 'bucket',
      headers: OWNER_HEADER,
      run({ bucket }) {
        const { region } = buckets.bucket(bucket);
        return { status: 200, headers: { 'x-amz-bucket-region': region } };
      },
    },
    {
      name: 'GetBucketLocation',
      method: 'GET',
      on: 'bucket',
      requires: ['location'],
      headers: OWNER_HEADER,
      run({ bucket }) {
        const { region } = buckets.bucket(bucket);
        // The constraint of us-east-1 is empty (S3 API reference).
        return xmlResponse('LocationConstraint', region === 'us-east-1' ? {} : { '#text': region });
      },
    },
    {
      name: 'GetBucketVersioning',
      method: 'GET',
      on: 'bucket',
      requires: ['versioning'],
      headers: OWNER_HEADER,
      run({ bucket }) {
        buckets.bucket(bucket);
        return xmlResponse('VersioningConfiguration', {});
      },
    },
    {
      name: 'ListObjectsV2',
      method: 'GET',
      on: 'bucket',
      requires: ['list-type'],
      accepts: ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'],
      headers: OWNER_HEADER,
      run: (call) => listObjects(buckets, call),
    },
    {
      name: 'DeleteObjects',
      method: 'POST',
      on: 'bucket',
      requires: ['delete'],
      headers: /^x-amz-(checksum-.+|expected-bucket-owner)$/,
      run({ bucket, request }) {
        const { objects } = buckets.bucket(bucket);
        const deletion = readXml(request.body, 'Delete');
        const keys: string[] = (deletion.Object ?? []).map((object: { Key: string }) => object.Key);
        // As on AWS, deleting a missing key succeeds.
        for (const key of keys) objects.delete(key);
        return xmlResponse('DeleteResult', deletion.Quiet === 'true' ? {} : { Deleted: keys.map((Key) => ({ Key })) });
      },
    },
  ];
}

function listObjects(buckets: BucketStore, call: S3Call) {
  const { query } = call.request;
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const maxKeys = Math.min(wholeNumber(call, 'max-keys', MAX_KEYS), MAX_KEYS);
  const { objects } = buckets.bucket(call.bucket);

  // S3 sorts keys by their UTF-8 bytes; a common prefix counts as one key.
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(byBytes);
  const entries = new Map<string, string | undefined>();
  for (const key of keys) {
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (cut < 0) entries.set(key, key);
    else entries.set(key.slice(0, cut + delimiter.length), undefined);
  }
  const rest = [...entries].filter(([name]) => byBytes(name, after) > 0);
  const page = rest.slice(0, maxKeys);
  return xmlResponse('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter || undefined,
    MaxKeys: maxKeys,
    KeyCount: page.length,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: rest.length > page.length,
    ContinuationToken: query.get('continuation-token') ?? undefined,
    NextContinuationToken: rest.length > page.length ? page.at(-1)?.[0] : undefined,
    Contents: page.flatMap(([, key]) => {
      if (key === undefined) return [];
      const { etag, lastModified, body } = objects.get(key)!;
      return [
        { Key: encode(key), LastModified: lastModified, ETag: etag, Size: body.length, StorageClass: 'STANDARD' },
      ];
    }),
    CommonPrefixes: page.filter(([, key]) => key === undefined).map(([name]) => ({ Prefix: encode(name) })),
  });
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
