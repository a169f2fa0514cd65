import type { VirtualClock } from '../clock';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, ResourceType } from '../resource-type';
import type { BucketStore } from './bucket-store';

/** A bucket takes CloudFormation about 20 s, a bucket policy next to nothing. In milliseconds. */
const BUCKET_TAKES = 20_000;
const POLICY_TAKES = 1_000;

export interface S3ResourceTypesProps {
  readonly buckets: BucketStore;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** `AWS::S3::Bucket` and `AWS::S3::BucketPolicy`. */
export function s3ResourceTypes({ buckets, clock, random }: S3ResourceTypesProps): readonly ResourceType[] {
  const bucket: ResourceType = {
    type: 'AWS::S3::Bucket',
    accepts: [
      'BucketName',
      'BucketEncryption',
      'LifecycleConfiguration',
      'LoggingConfiguration',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'Tags',
    ],
    replacedBy: ['BucketName'],
    async create(properties, context) {
      await clock.sleep(BUCKET_TAKES);
      const name = properties.BucketName ?? physicalName(context, random, { longest: 63 }).toLowerCase();
      buckets.create(name, context.scope, clock.date());
      return describe(name, context.scope.region);
    },
    async update(name, _properties, _previous, context) {
      await clock.sleep(POLICY_TAKES);
      return describe(name, context.scope.region);
    },
    async delete(name) {
      await clock.sleep(POLICY_TAKES);
      buckets.delete(name);
    },
  };

  const put: ResourceType['create'] = async (properties) => {
    await clock.sleep(POLICY_TAKES);
    return { id: buckets.bucket(properties.Bucket).name, attributes: {} };
  };
  const policy: ResourceType = {
    type: 'AWS::S3::BucketPolicy',
    accepts: ['Bucket', 'PolicyDocument'],
    replacedBy: ['Bucket'],
    create: put,
    update: (_id, properties, _previous, context) => put(properties, context),
    delete: () => clock.sleep(POLICY_TAKES),
  };
  return [bucket, policy];
}

function describe(name: string, region: string): Physical {
  return {
    id: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    },
  };
}
