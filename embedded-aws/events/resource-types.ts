import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { physicalName } from '../physical-name';
import type { Random } from '../random';
import type { Physical, ResourceType } from '../resource-type';
import type { Scope } from '../scope';
import { readStatement } from './bus-policy';
import type { EventBus } from './event-bus';
import type { EventBuses } from './event-buses';
import { type EventRule, readRule } from './rule';

/**
 * Virtual milliseconds to create or update a rule, which CloudFormation waits to propagate, and of other stack
 * operations.
 */
const RULE_TIME = 60_000;
const OTHER_TIME = 1_000;

interface EventsResourceTypesProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** `AWS::Events::EventBus`, `AWS::Events::EventBusPolicy` and `AWS::Events::Rule`. */
export function eventsResourceTypes(
  events: EventBuses,
  { scope, clock, random }: EventsResourceTypesProps,
): readonly ResourceType[] {
  const describeBus = ({ name, arn }: EventBus): Physical => ({ id: name, attributes: { Name: name, Arn: arn } });
  // The id of a rule on the default bus is its name alone (CloudFormation reference, AWS::Events::Rule).
  const describeRule = ({ name, arn, busName }: EventRule): Physical => ({
    id: busName === 'default' ? name : `${busName}|${name}`,
    attributes: { Arn: arn },
  });

  const eventBus: ResourceType = {
    type: 'AWS::Events::EventBus',
    accepts: ['Description', 'Name', 'Tags'],
    replacedBy: ['Name'],
    async create({ Name, Description }) {
      await clock.sleep(OTHER_TIME);
      return describeBus(events.createBus(Name, Description));
    },
    async update(name, { Description }) {
      await clock.sleep(OTHER_TIME);
      const bus = events.bus(name);
      bus.description = Description ?? '';
      return describeBus(bus);
    },
    async delete(name) {
      await clock.sleep(OTHER_TIME);
      events.deleteBus(name);
    },
  };

  const eventBusPolicy: ResourceType = {
    type: 'AWS::Events::EventBusPolicy',
    accepts: ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'],
    replacedBy: ['EventBusName', 'StatementId'],
    async create(properties) {
      await clock.sleep(OTHER_TIME);
      const bus = events.bus(properties.EventBusName);
      bus.setStatement(properties.StatementId, readStatement(properties, bus.arn));
      return { id: `${bus.name}|${properties.StatementId}`, attributes: {} };
    },
    async update(id, properties) {
      await clock.sleep(OTHER_TIME);
      const bus = events.bus(properties.EventBusName);
      bus.setStatement(properties.StatementId, readStatement(properties, bus.arn));
      return { id, attributes: {} };
    },
    async delete(_id, { EventBusName, StatementId }) {
      await clock.sleep(OTHER_TIME);
      ifPresent(() => events.bus(EventBusName).setStatement(StatementId, undefined));
    },
  };

  const rule: ResourceType = {
    type: 'AWS::Events::Rule',
    accepts: ['Description', 'EventBusName', 'EventPattern', 'Name', 'State', 'Tags', 'Targets'],
    replacedBy: ['EventBusName', 'Name'],
    async create(properties, context) {
      const name = properties.Name ?? physicalName(context, random, { longest: 64 });
      const bus = events.bus(properties.EventBusName);
      if (bus.rules.has(name)) throw new AwsError('AlreadyExists', `${name} already exists on event bus ${bus.name}`);
      const created = readRule(name, bus.name, properties, scope);
      bus.rules.set(name, created);
      await clock.sleep(RULE_TIME);
      return describeRule(created);
    },
    async update(id, properties) {
      const name = id.split('|').at(-1) ?? id;
      const bus = events.bus(properties.EventBusName);
      const updated = readRule(name, bus.name, properties, scope);
      bus.rules.set(name, updated);
      await clock.sleep(RULE_TIME);
      return describeRule(updated);
    },
    async delete(id, { EventBusName }) {
      ifPresent(() => events.bus(EventBusName).rules.delete(id.split('|').at(-1) ?? id));
      await clock.sleep(OTHER_TIME);
    },
  };
  return [eventBus, eventBusPolicy, rule];
}

/** Removes a part of a bus. Succeeds when the bus no longer exists. */
function ifPresent(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
  }
}
