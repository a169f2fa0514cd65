import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { SmallWorld } from './small-world';

const Bucket = 'a-bucket';
let world: SmallWorld;
let config: Awaited<ReturnType<SmallWorld['open']>>;
let client: S3Client;

beforeEach(async () => {
  world = new SmallWorld();
  config = await world.open();
  client = new S3Client(config);
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterEach(async () => {
  client.destroy();
  await world.close();
});

const put = (Key: string, Body = 'text') => client.send(new PutObjectCommand({ Bucket, Key, Body }));
const text = async (Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

describe('an object', () => {
  test('is returned with its type, metadata and checksum', async () => {
    const Key = 'a b/ü+%.json';
    const { ETag, ChecksumCRC32 } = await client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: '{}',
        ContentType: 'application/json',
        Metadata: { filesha256: 'abc=' },
      }),
    );
    expect(ChecksumCRC32).toBeDefined();
    expect(await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))).toMatchObject({
      ETag,
      ChecksumCRC32,
      ContentLength: 2,
      ContentType: 'application/json',
      Metadata: { filesha256: 'abc=' },
      LastModified: world.clock.date(),
    });
    expect(await text(Key)).toBe('{}');
    expect(world.s3.getObject(Bucket, Key).toString()).toBe('{}');
  });

  test('is stored without the framing of the chunks in which a stream is sent', async () => {
    const body = 'x'.repeat(100_000);
    await client.send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: Readable.from([body]), ContentLength: body.length }),
    );
    expect(await text('k')).toBe(body);
  });

  test('above the part size is joined from its parts', async () => {
    const Body = Buffer.alloc(5 * 1024 * 1024 + 10, 'a');
    await new Upload({ client, params: { Bucket, Key: 'big', Body, Metadata: { m: 'v' } } }).done();
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'big' }));
    expect(head).toMatchObject({ ContentLength: Body.length, Metadata: { m: 'v' } });
    expect(head.ETag).toMatch(/-2"$/);
    expect(world.s3.getObject(Bucket, 'big').equals(Body)).toBe(true);
  });

  test('can be read in part, and by If-Match only while it is unchanged', async () => {
    const { ETag } = await put('k', '0123456789');
    await client.send(new GetObjectCommand({ Bucket, Key: 'k', IfMatch: ETag }));
    await expect(client.send(new GetObjectCommand({ Bucket, Key: 'k', IfMatch: '"other"' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    const part = await client.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=2-4' }));
    expect([part.ContentRange, await part.Body!.transformToString()]).toEqual(['bytes 2-4/10', '234']);
  });

  test('is gone after its deletion, alone or with others', async () => {
    await Promise.all(['a', 'b', 'c'].map((key) => put(key)));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const { Deleted } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'b' }, { Key: 'never-was' }] } }),
    );
    expect(Deleted).toEqual([{ Key: 'b' }, { Key: 'never-was' }]);
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)).toEqual(['c']);
  });

  test('is refused when its bytes do not match the checksum', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'k', Body: 'text', ChecksumCRC32: 'AAAAAA==' });
    await expect(client.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({ name: 'NotFound' });
  });
});

describe('a bucket', () => {
  test('lists its keys in byte order, by prefix, page by page', async () => {
    await Promise.all(['p/b', 'p/a', 'p/Z', 'q/c'].map((key) => put(key)));
    const first = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'p/', MaxKeys: 2 }));
    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['p/Z', 'p/a']);
    expect(first.IsTruncated).toBe(true);
    const rest = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'p/', ContinuationToken: first.NextContinuationToken }),
    );
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['p/b']);
    const folders = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'p/' }, { Prefix: 'q/' }]);
  });

  test('has a name, a region, an owner and no versioning', async () => {
    expect((await client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-central-1');
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-central-1');
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect((await client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
    await expect(client.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
  });

  test('cannot be deleted while it has objects', async () => {
    await put('k');
    await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  });

  test('is served in its own region only', async () => {
    const elsewhere = new S3Client({ ...config, region: 'us-east-1' });
    await expect(elsewhere.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
    });
    elsewhere.destroy();
  });
});

test.each([
  ['NoSuchKey', () => client.send(new GetObjectCommand({ Bucket, Key: 'none' }))],
  ['NotFound', () => client.send(new HeadObjectCommand({ Bucket, Key: 'none' }))],
  ['NoSuchBucket', () => client.send(new ListObjectsV2Command({ Bucket: 'none' }))],
  ['NotFound', () => client.send(new HeadBucketCommand({ Bucket: 'none' }))],
  ['NoSuchUpload', () => client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId: 'none' }))],
])('what does not exist is refused with %s', async (name, call) => {
  await expect(call()).rejects.toMatchObject({ name });
});

test.each([
  ['acl', () => client.send(new PutObjectAclCommand({ Bucket, Key: 'k', ACL: 'private' }))],
  ['x-amz-acl', () => client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ACL: 'public-read' }))],
  ['if-none-match', () => client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', IfNoneMatch: '*' }))],
  [
    'x-amz-storage-class',
    () => client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k', StorageClass: 'GLACIER' })),
  ],
])('what is not supported is refused by name: %s', async (what, call) => {
  await expect(call()).rejects.toMatchObject({
    name: 'NotSupportedByEmbeddedAws',
    message: expect.stringContaining(what),
  });
});
