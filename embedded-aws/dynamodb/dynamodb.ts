import type { VirtualClock } from '../clock';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { dynamoDbApi } from './api';
import { dynamoDbResourceTypes } from './resource-types';
import { Tables } from './tables';

interface DynamoDbProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Amazon DynamoDB of one account and region; contract.md has its rules. */
export class DynamoDb extends Tables {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];

  constructor({ scope, clock, random }: DynamoDbProps) {
    super({ scope, clock, ids: random.stream('ids') });
    this.api = dynamoDbApi(this);
    this.resourceTypes = dynamoDbResourceTypes(this, clock, random.stream('names'));
  }
}
