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
}
