import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractBreach } from './contract-breach';
import { PACKAGE_STATE, type PackagedService, UNKNOWN_ACCOUNT } from './packaged-service';

/** What a service writes to be deployed with the role of its environment. */
const SETTING = `\${env:CLOUDFORMATION_ROLE_ARN, null}`;

/**
 * Finds a service that does not hand CloudFormation the role of its environment. The Deploy action may create change sets with
 * that role only, so AWS would deny the first call of the deployment.
 *
 * @param expected The role that `npm run package` gave in the variable CLOUDFORMATION_ROLE_ARN.
 */
export function findDeploymentRole({ provider }: PackagedService, expected: string): ContractBreach[] {
  const received = provider.iam?.deploymentRole;
  if (received === expected) return [];
  return [
    {
      severity: 'error',
      path: 'provider.iam.deploymentRole',
      value: received === undefined || received === null ? undefined : JSON.stringify(received),
      problem:
        "CloudFormation must deploy the service with the environment's role; with any other, AWS denies the Deploy action the change set",
      remedy: `write deploymentRole: ${SETTING}`,
    },
  ];
}

/**
 * The role to package with where the build gives none, such as on a developer's machine: so a service that does not read the
 * variable is found there too. It does not stay in the package.
 */
export const PLACEHOLDER_ROLE = `arn:aws:iam::${UNKNOWN_ACCOUNT}:role/release/placeholder-cloudformation`;

/**
 * Removes {@link PLACEHOLDER_ROLE} from a package, so that `sls deploy --package` does not hand it to CloudFormation.
 *
 * @param directory Directory in which `sls package` left the package.
 */
export function removePlaceholderRole(directory: string): void {
  const file = join(directory, PACKAGE_STATE);
  const state = JSON.parse(readFileSync(file, 'utf8'));
  if (state.service?.provider?.iam?.deploymentRole !== PLACEHOLDER_ROLE) return;
  state.service.provider.iam.deploymentRole = null;
  writeFileSync(file, JSON.stringify(state, undefined, 2));
}
