import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AccountRegion, ReleaseNames } from '../names/release-names';
import { readPermissions } from './read-permissions';
import { recordPermissions } from './record-permissions';

/**
 * @returns What the pipeline's functions may do in an environment: read how a release ended, and record it when its
 * Deploy could not.
 */
export function watchPermissions(location: AccountRegion, names: ReleaseNames): PolicyStatement[] {
  return [...readPermissions(location, names), ...recordPermissions(location, names)];
}
