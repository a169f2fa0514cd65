import { readFileSync } from 'node:fs';

/**
 * The version of the CDK CLI that the lock file holds, for self-mutation to install: unpinned it would install the
 * newest one, which need not read what this repository's aws-cdk-lib writes.
 */
export function cdkCliVersion(lockFile: string): string {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  const version = packages?.['node_modules/aws-cdk']?.version;
  if (typeof version !== 'string') {
    throw new Error(
      `${lockFile} holds no version of aws-cdk; run "npm install --save-dev --save-exact aws-cdk@2" and commit the file`,
    );
  }
  return version;
}
