import type { VirtualClock } from '../clock';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, ResourceType } from '../resource-type';
import type { BucketStore } from './bucket-store';

/** Time that CloudFormation takes to create a bucket, in virtual milliseconds. */
const BUCKET_CREATION = 20_000;
/** Time that CloudFormation takes for any other operation, in virtual milliseconds. */
const OTHER_OPERATION = 1_000;

interface S3ResourceTypesProps {
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
      await clock.sleep(BUCKET_CREATION);
      const name = properties.BucketName ?? physicalName(context, random, { longest: 63 }).toLowerCase();
      buckets.create(name, context.scope, clock.date());
      return describe(name, context.scope.region);
    },
    async update(name, _properties, _previous, context) {
      await clock.sleep(OTHER_OPERATION);
      return describe(name, context.scope.region);
    },
    async delete(name) {
      await clock.sleep(OTHER_OPERATION);
      buckets.delete(name);
    },
  };

  const put: ResourceType['create'] = async (properties) => {
    await clock.sleep(OTHER_OPERATION);
    const target = buckets.bucket(properties.Bucket);
    target.policy = properties.PolicyDocument;
    return { id: target.name, attributes: {} };
  };
  const policy: ResourceType = {
    type: 'AWS::S3::BucketPolicy',
    accepts: ['Bucket', 'PolicyDocument'],
    replacedBy: ['Bucket'],
    create: put,
    update: (_id, properties, _previous, context) => put(properties, context),
    async delete(name) {
      await clock.sleep(OTHER_OPERATION);
      buckets.bucket(name).policy = undefined;
    },
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
