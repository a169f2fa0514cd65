import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { eventsApi } from './api';
import { EventBuses, type EventBusesProps } from './event-buses';
import { eventsResourceTypes } from './resource-types';

interface EventBridgeProps extends EventBusesProps {
  readonly random: Random;
}

/** Amazon EventBridge of one account and region; contract.md has its rules. */
export class EventBridge extends EventBuses {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];

  constructor({ random, ...props }: EventBridgeProps) {
    super(props);
    const { scope, clock } = props;
    this.api = eventsApi(this, { scope, clock, ids: random.stream('ids') });
    this.resourceTypes = eventsResourceTypes(this, { scope, clock, random: random.stream('names') });
  }
}
