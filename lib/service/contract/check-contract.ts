import { findBucketNames } from './bucket-names';
import { findCodeDeployRole } from './code-deploy-role';
import { findUnreadDeploymentType } from './configured-deployment-type';
import type { ContractBreach } from './contract-breach';
import { findCustomResources } from './custom-resources';
import { findExcesses } from './limits';
import type { PackagedService } from './packaged-service';
import { findBeyondBoundary } from './role-boundary';
import { findForeignNames } from './service-names';
import { findSharedCode } from './shared-code';
import { findMissingPermissions } from './stack-permissions';

/**
 * Compares a package with what the pipeline, its roles and AWS's limits allow: everything that a deployment would otherwise fail
 * at, as far as it can be known before.
 *
 * @returns Every breach, errors first.
 */
export function findBreaches(service: PackagedService): ContractBreach[] {
  const named = [...findForeignNames(service), ...findCodeDeployRole(service), ...findCustomResources(service)];
  const breaches = [
    ...named,
    // What the reasons above explain is not reported as a missing permission too.
    ...findMissingPermissions(service).filter(
      ({ path }) => !named.some((breach) => breach.path.startsWith(`${path}.`)),
    ),
    ...findBeyondBoundary(service).filter(({ path }) => !named.some((breach) => breach.path === path)),
    ...findUnreadDeploymentType(service),
    ...findExcesses(service),
    ...findBucketNames(service),
    ...findSharedCode(service),
  ];
  return breaches.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
