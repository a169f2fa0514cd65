import type { VirtualClock } from '../clock';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { iamApi } from './api';
import { Identities } from './identities';
import { iamResourceTypes } from './resource-types';

interface IamProps {
  readonly accountId: string;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** AWS IAM of one account, the same in all regions; contract.md has its rules. */
export class Iam extends Identities {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];

  constructor({ accountId, clock, random }: IamProps) {
    super({ accountId, clock, ids: random.stream('ids') });
    this.api = iamApi(this);
    this.resourceTypes = iamResourceTypes(this, clock, random.stream('names'));
  }
}
