import { type AccessRule, type AccessRules, need } from '../access/need';
import type { Input } from '../protocol/input';
import { readXml } from './xml';

/** @returns ARN of a bucket or of an object. */
export function s3Arn(bucket: string, key?: string): string {
  return key === undefined ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
}

const onBucket =
  (action: string): AccessRule =>
  ({ bucket }) =>
    need(action, s3Arn(bucket));
const onObject =
  (action: string): AccessRule =>
  ({ bucket, key }) =>
    need(action, s3Arn(bucket, key));

function listBucket({ bucket, request: { query } }: Input) {
  return need('s3:ListBucket', s3Arn(bucket), {
    's3:prefix': query.get('prefix') ?? undefined,
    's3:delimiter': query.get('delimiter') ?? undefined,
    's3:max-keys': query.get('max-keys') ?? undefined,
  });
}

/**
 * Permissions that S3's operations need, often under another name than the operation's. The input is an `S3Call`.
 *
 * Sources: S3 user guide, "Required permissions for Amazon S3 API operations"; Service Authorization Reference, Amazon
 * S3.
 */
export const S3_ACCESS: AccessRules = {
  ListBuckets: () => need('s3:ListAllMyBuckets'),
  CreateBucket: onBucket('s3:CreateBucket'),
  DeleteBucket: onBucket('s3:DeleteBucket'),
  HeadBucket: onBucket('s3:ListBucket'),
  GetBucketLocation: onBucket('s3:GetBucketLocation'),
  GetBucketVersioning: onBucket('s3:GetBucketVersioning'),
  ListObjectsV2: listBucket,
  DeleteObjects: ({ bucket, request }) => {
    const objects: readonly { readonly Key: string }[] = readXml(request.body, 'Delete').Object ?? [];
    return need(
      's3:DeleteObject',
      objects.map(({ Key }) => s3Arn(bucket, Key)),
    );
  },
  GetObject: onObject('s3:GetObject'),
  HeadObject: onObject('s3:GetObject'),
  PutObject: onObject('s3:PutObject'),
  DeleteObject: onObject('s3:DeleteObject'),
  CreateMultipartUpload: onObject('s3:PutObject'),
  UploadPart: onObject('s3:PutObject'),
  CompleteMultipartUpload: onObject('s3:PutObject'),
  AbortMultipartUpload: onObject('s3:AbortMultipartUpload'),
};
