import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { eventsApi } from './api';
import { admits, type Sender } from './bus-policy';
import { type DeliveryFailure, type DeliveryProps, deliver, type EventReceiver } from './delivery';
import type { AwsEvent } from './event';
import { EventBus } from './event-bus';
import { eventsResourceTypes } from './resource-types';

/** Virtual milliseconds from an event's arrival at a bus to each target of its rules (contract.md). */
const DELIVERY = 500;

interface EventBridgeProps extends DeliveryProps {
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Amazon EventBridge of one account and region. It keeps to contract.md. */
export class EventBridge implements EventReceiver {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #props: EventBridgeProps;
  readonly #buses = new Map<string, EventBus>();

  constructor(props: EventBridgeProps) {
    this.#props = props;
    const { scope, clock, random } = props;
    this.createBus('default');
    this.api = eventsApi(this, { scope, clock, ids: random.stream('ids') });
    this.resourceTypes = eventsResourceTypes(this, { scope, clock, random: random.stream('names') });
  }

  /** Takes an event of an AWS service, on the default bus. */
  accept(event: AwsEvent): void {
    this.#route(this.bus('default'), event, false);
  }

  /** Takes an event that somebody put; one for a bus that is not there is gone. */
  put(busName: string, event: AwsEvent): void {
    const bus = this.#buses.get(busName);
    if (bus) this.#route(bus, event, false);
  }

  receive(busName: string, event: AwsEvent, sender: Sender): DeliveryFailure | undefined {
    const bus = this.#buses.get(busName);
    if (!bus) return { code: 'NO_RESOURCE', message: `Event bus ${busName} does not exist.` };
    const isOwn = sender.accountId === this.#props.scope.accountId;
    if (!isOwn && !admits([...bus.policy.values()], sender)) {
      return {
        code: 'NO_PERMISSIONS',
        message: `${sender.roleArn} is not authorized to perform: events:PutEvents on resource: ${bus.arn}`,
      };
    }
    this.#route(bus, event, true);
    return undefined;
  }

  /** @throws AwsError ResourceAlreadyExistsException, ValidationException. */
  createBus(name: string, description?: string): EventBus {
    if (!/^[\w.-]{1,256}$/.test(name)) {
      throw new AwsError(
        'ValidationException',
        `Value '${name}' at 'name' failed to satisfy constraint: [/\\.\\-_A-Za-z0-9]+`,
      );
    }
    if (this.#buses.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    const bus = new EventBus(name, this.#props.scope, description);
    this.#buses.set(name, bus);
    return bus;
  }

  /** Deleting a bus that is not there succeeds. */
  deleteBus(name: string): void {
    this.#buses.delete(name);
  }

  /** @returns Every bus, the default one first. */
  buses(): readonly EventBus[] {
    return [...this.#buses.values()];
  }

  /**
   * @param named By name or ARN.
   * @throws AwsError ResourceNotFoundException; Unsupported for another account's or region's.
   */
  bus(named = 'default'): EventBus {
    const name = named.replace(/^arn:aws:events:[^:]*:\d*:event-bus\//, '');
    const bus = this.#buses.get(name);
    if (named !== name && named !== bus?.arn) throw new Unsupported(`the event bus ${named} from outside its region`);
    if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    return bus;
  }

  #route(bus: EventBus, event: AwsEvent, forwarded: boolean): void {
    const { clock } = this.#props;
    for (const rule of bus.sortedRules()) {
      if (!rule.isEnabled || !rule.matches(event)) continue;
      for (const target of rule.targets) {
        const work = async () => {
          await clock.sleep(DELIVERY);
          deliver({ event, rule, target, forwarded }, this.#props);
        };
        void clock.spawn(work, { daemon: true });
      }
    }
  }
}
