import { readFileSync } from 'node:fs';

/**
 * Reads the version of the CDK CLI that self-mutation installs. Without a version, it would install the newest CLI,
 * which may be unable to read the assembly that this repository's aws-cdk-lib writes.
 *
 * @param lockFile Path of package-lock.json.
 * @throws Error when the lock file does not contain aws-cdk.
 */
export function cdkCliVersion(lockFile: string): string {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  const version = packages?.['node_modules/aws-cdk']?.version;
  if (typeof version !== 'string') {
    throw new Error(
      `${lockFile} contains no version of aws-cdk; run "npm install --save-dev --save-exact aws-cdk@2" and commit the file`,
    );
  }
  return version;
}
