import { Cache } from 'aws-cdk-lib/aws-codebuild';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * A cache of installed packages that belongs to one project: its role may read and write the objects under this prefix, and
 * no others. Otherwise what one build leaves in node_modules would run in another one, with the role of that one: in Deploy
 * of the next environment, after code of a commit ran in Build (docs/decisions/0009).
 *
 * @param owner Name of the project, which is the prefix.
 */
export function ownCache(bucket: IBucket, owner: string): Cache {
  // Cache.bucket grants the whole bucket, whatever the prefix.
  const underPrefix: IBucket = Object.create(bucket, {
    grantReadWrite: {
      value: (project: Parameters<IBucket['grantReadWrite']>[0]) => bucket.grantReadWrite(project, `${owner}/*`),
    },
  });
  return Cache.bucket(underPrefix, { prefix: owner });
}
