import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Place, ReleaseNames } from '../names/release-names';
import { readPermissions } from './read-permissions';
import { recordPermissions } from './record-permissions';

/**
 * What the pipeline's functions may do in an environment: read what became of a release, and write that down if its
 * Deploy could not.
 */
export function watchPermissions(place: Place, names: ReleaseNames): PolicyStatement[] {
  return [...readPermissions(place, names), ...recordPermissions(place, names)];
}
