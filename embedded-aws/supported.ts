import type { SupportedOperation } from './protocol/api';
import type { Region } from './region';
import type { ResourceType } from './resource-type';

/** What the embedded AWS supports of one service. */
export interface SupportedService {
  /** Folder in embedded-aws/ that has the service's code and contract.md. */
  readonly folder: string;
  /** Name under which SDKs sign calls; undefined when every call of the service is refused. */
  readonly signingName: string | undefined;
  readonly operations: readonly SupportedOperation[];
  readonly resourceTypes: readonly Pick<ResourceType, 'type' | 'accepts'>[];
}

/**
 * @returns What a region supports, read from its services: their operations and resource types with what each accepts.
 */
export function describeSupport(region: Region): readonly SupportedService[] {
  return Object.entries(region.services).map(([folder, { api, resourceTypes = [] }]) => ({
    folder,
    signingName: api?.signingName,
    operations: api?.operations ?? [],
    resourceTypes: resourceTypes.map(({ type, accepts }) => ({ type, accepts })),
  }));
}
