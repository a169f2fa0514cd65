import type { VirtualClock } from '../clock';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { logsApi } from './api';
import { LogGroups } from './log-groups';
import { logsResourceTypes } from './resource-types';

interface LogsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Amazon CloudWatch Logs of one account and region; contract.md has its rules. */
export class Logs extends LogGroups {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];

  constructor({ scope, clock, random }: LogsProps) {
    super(scope, clock);
    this.api = logsApi(this);
    this.resourceTypes = logsResourceTypes(this, clock, random);
  }
}
