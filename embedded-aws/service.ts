import type { ResourcePolicy } from './access/access-control';
import type { ServiceApi } from './protocol/api';
import type { ResourceType } from './resource-type';

/** An AWS service in one account and region. */
export interface AwsService {
  /**
   * API under the endpoint's address.
   *
   * @default - Every call of the service is refused.
   */
  readonly api?: ServiceApi;
  /**
   * CloudFormation resource types of the service.
   *
   * @default - None.
   */
  readonly resourceTypes?: readonly ResourceType[];
  /**
   * Finds the policy of one of the service's resources. The same policy is the same object, so that decisions by it can
   * be kept.
   *
   * @default - No resource of the service has a policy.
   */
  readonly resourcePolicy?: (resourceArn: string) => ResourcePolicy | undefined;
}
