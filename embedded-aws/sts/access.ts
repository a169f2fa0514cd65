import type { AccessRules } from '../access/need';

/**
 * Permissions that STS's operations need. GetCallerIdentity needs none, not even if a policy denies it (STS API
 * reference). `Sts.assumeRole` decides about AssumeRole, by the role's trust policy too.
 */
export const STS_ACCESS: AccessRules = {
  GetCallerIdentity: () => [],
  AssumeRole: () => [],
};
