import type { ResourcePolicy } from '../access/access-control';
import type { VirtualClock } from '../clock';
import { AwsError, Unsupported } from '../errors';
import { type DeliveryProps, deliver, type EventReceiver } from './delivery';
import type { AwsEvent } from './event';
import { EventBus } from './event-bus';

/** Virtual milliseconds from the arrival of an event at a bus to its delivery to each target (modelled; contract.md). */
const DELIVERY_TIME = 500;

export interface EventBusesProps extends DeliveryProps {
  readonly clock: VirtualClock;
}

/** The event buses of an account and region: routes events to the targets of matching rules. */
export class EventBuses implements EventReceiver {
  readonly #props: EventBusesProps;
  readonly #buses = new Map<string, EventBus>();

  constructor(props: EventBusesProps) {
    this.#props = props;
    this.createBus('default');
  }

  /** Accepts an event of an AWS service, on the default bus. */
  accept(event: AwsEvent): void {
    this.#route(this.bus('default'), event, false);
  }

  /** Accepts an event of PutEvents. An event for a bus that does not exist is dropped. */
  put(busName: string, event: AwsEvent): void {
    const bus = this.#buses.get(busName);
    if (bus) this.#route(bus, event, false);
  }

  has(busName: string): boolean {
    return this.#buses.has(busName);
  }

  receive(busName: string, event: AwsEvent): void {
    this.#route(this.bus(busName), event, true);
  }

  readonly resourcePolicy = (resourceArn: string): ResourcePolicy | undefined => {
    const bus = this.#buses.get(resourceArn.split(':event-bus/')[1] ?? '');
    return bus && { accountId: this.#props.scope.accountId, policy: bus.policy };
  };

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

  /** Deletes a bus. Succeeds when it does not exist. */
  deleteBus(name: string): void {
    this.#buses.delete(name);
  }

  /** @returns All buses, the default bus first. */
  buses(): readonly EventBus[] {
    return [...this.#buses.values()];
  }

  /**
   * @param reference Name or ARN of the bus.
   * @throws AwsError ResourceNotFoundException; Unsupported for the ARN of another account or region.
   */
  bus(reference = 'default'): EventBus {
    const name = reference.replace(/^arn:aws:events:[^:]*:\d*:event-bus\//, '');
    const bus = this.#buses.get(name);
    if (reference !== name && reference !== bus?.arn) {
      throw new Unsupported(`the event bus ${reference} from outside of its account and region`);
    }
    if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    return bus;
  }

  #route(bus: EventBus, event: AwsEvent, forwarded: boolean): void {
    const { clock } = this.#props;
    for (const rule of bus.sortedRules()) {
      if (!rule.isEnabled || !rule.matches(event)) continue;
      for (const target of rule.targets) {
        const work = async () => {
          await clock.sleep(DELIVERY_TIME);
          deliver({ event, rule, target, forwarded }, this.#props);
        };
        void clock.spawn(work, { daemon: true });
      }
    }
  }
}
