import type { VirtualClock } from '../clock';
import type { BucketStore } from './bucket-store';
import { type S3Call, type S3Operation, wholeNumber } from './call';
import { readXml, xmlResponse } from './xml';

/** A page of ListObjectsV2 and a DeleteObjects call hold at most 1,000 keys (S3 API reference). */
const MOST_KEYS = 1000;
const OWNER_HEADER = /^x-amz-(expected-bucket-owner|optional-object-attributes)$/;

/** The operations on the service and on buckets. */
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
      marked: ['location'],
      headers: OWNER_HEADER,
      run({ bucket }) {
        const { region } = buckets.bucket(bucket);
        // us-east-1 is the empty constraint (S3 API reference).
        return xmlResponse('LocationConstraint', region === 'us-east-1' ? {} : { '#text': region });
      },
    },
    {
      name: 'GetBucketVersioning',
      method: 'GET',
      on: 'bucket',
      marked: ['versioning'],
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
      marked: ['list-type'],
      accepts: ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'],
      headers: OWNER_HEADER,
      run: (call) => listObjects(buckets, call),
    },
    {
      name: 'DeleteObjects',
      method: 'POST',
      on: 'bucket',
      marked: ['delete'],
      headers: /^x-amz-(checksum-.+|expected-bucket-owner)$/,
      run({ bucket, request }) {
        const { objects } = buckets.bucket(bucket);
        const wanted = readXml(request.body, 'Delete');
        const keys: string[] = (wanted.Object ?? []).map((object: { Key: string }) => object.Key);
        // Deleting a key that is not there succeeds.
        for (const key of keys) objects.delete(key);
        return xmlResponse('DeleteResult', wanted.Quiet === 'true' ? {} : { Deleted: keys.map((Key) => ({ Key })) });
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
  const most = Math.min(wholeNumber(call, 'max-keys', MOST_KEYS), MOST_KEYS);
  const { objects } = buckets.bucket(call.bucket);

  // S3 lists in the order of the keys' UTF-8 bytes; a common prefix counts as one key.
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(byBytes);
  const entries = new Map<string, string | undefined>();
  for (const key of keys) {
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (cut < 0) entries.set(key, key);
    else entries.set(key.slice(0, cut + delimiter.length), undefined);
  }
  const rest = [...entries].filter(([name]) => byBytes(name, after) > 0);
  const page = rest.slice(0, most);
  return xmlResponse('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter || undefined,
    MaxKeys: most,
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
