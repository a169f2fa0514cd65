import type { VirtualClock } from '../clock';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { snsApi } from './api';
import { snsResourceTypes } from './resource-types';
import { Topics } from './topics';

interface SnsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Amazon SNS of one account and region; contract.md has its rules. */
export class Sns extends Topics {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];

  constructor({ scope, clock, random }: SnsProps) {
    super({ scope, clock, ids: random.stream('ids') });
    this.api = snsApi(this);
    this.resourceTypes = snsResourceTypes(this, clock, random.stream('names'));
  }
}
