import type { VirtualClock } from '../clock';
import { AwsError, NOT_SUPPORTED } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Input } from '../protocol/input';
import { jsonApi } from '../protocol/json';
import type { Random } from '../random';
import type { Scope } from '../scope';
import { EVENTS_ACCESS } from './access';
import { awsEvent } from './event';
import type { EventBus } from './event-bus';
import type { EventBuses } from './event-buses';
import { compilePattern } from './event-pattern';
import type { EventRule, RuleTarget } from './rule';

interface EventsApiProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly ids: Random;
}

/** Largest number of entries in a PutEvents call (API reference). */
const MOST_ENTRIES = 10;
const ENTRY_MEMBERS = ['Source', 'DetailType', 'Detail', 'Resources', 'Time', 'EventBusName'];
/** Fields that TestEventPattern requires of an event (API reference). */
const EVENT_FIELDS = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

export function eventsApi(events: EventBuses, { scope, clock, ids }: EventsApiProps): ServiceApi {
  /** @returns Result of an entry: the id of the event, or the error. */
  function put(entry: Input): object {
    const refusal = refuse(entry);
    if (refusal) return refusal;
    const content = {
      id: ids.uuid(),
      'detail-type': entry.DetailType,
      source: entry.Source,
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail),
    };
    const bus = entry.EventBusName ?? 'default';
    const at = entry.Time === undefined ? clock.now() : Number(entry.Time) * 1000;
    events.put(bus.startsWith('arn:') ? events.bus(bus).name : bus, awsEvent(content, scope, at));
    return { EventId: content.id };
  }

  return jsonApi({
    signingName: 'events',
    target: 'AWSEvents',
    version: '1.1',
    access: EVENTS_ACCESS,
    operations: {
      ListEventBuses: {
        accepts: ['NamePrefix'],
        run: ({ NamePrefix = '' }) => ({
          EventBuses: events.buses().flatMap((bus) => (bus.name.startsWith(NamePrefix) ? [describeBus(bus)] : [])),
        }),
      },
      ListRules: {
        accepts: ['NamePrefix', 'EventBusName'],
        run: ({ NamePrefix = '', EventBusName }) => ({
          Rules: events
            .bus(EventBusName)
            .sortedRules()
            .flatMap((rule) => (rule.name.startsWith(NamePrefix) ? [describeRule(rule)] : [])),
        }),
      },
      DescribeRule: {
        accepts: ['Name', 'EventBusName'],
        run: ({ Name, EventBusName }) => ({
          ...describeRule(findRule(events, Name, EventBusName)),
          CreatedBy: scope.accountId,
        }),
      },
      ListTargetsByRule: {
        accepts: ['Rule', 'EventBusName'],
        run: (input) => ({ Targets: findRule(events, input.Rule, input.EventBusName).targets.map(describeTarget) }),
      },
      PutEvents: {
        accepts: ['Entries'],
        run: ({ Entries = [] }: { Entries?: readonly Input[] }) => {
          if (Entries.length === 0 || Entries.length > MOST_ENTRIES) {
            throw new AwsError(
              'ValidationException',
              `1 validation error detected: Value at 'entries' failed to satisfy constraint: ` +
                `Member must have length between 1 and ${MOST_ENTRIES}`,
            );
          }
          const results = Entries.map(put);
          return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
        },
      },
      TestEventPattern: {
        accepts: ['EventPattern', 'Event'],
        run: ({ EventPattern, Event }) => {
          const event = readObject(Event);
          if (!event || EVENT_FIELDS.some((field) => !Object.hasOwn(event, field))) {
            throw new AwsError('ValidationException', 'Parameter Event is not valid.');
          }
          return { Result: compilePattern(EventPattern)(event) };
        },
      },
    },
  });
}

function refuse(entry: Input): object | undefined {
  const unknown = Object.keys(entry).find((member) => !ENTRY_MEMBERS.includes(member));
  if (unknown) return failure(NOT_SUPPORTED, `events:PutEvents with Entries.${unknown}`);
  for (const member of ['Source', 'DetailType', 'Detail']) {
    if (!entry[member]) {
      return failure('InvalidArgument', `Parameter ${member} is not valid. Reason: ${member} is a required argument.`);
    }
  }
  if (entry.Source.startsWith('aws.')) {
    return failure('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  if (!readObject(entry.Detail)) return failure('MalformedDetail', 'Detail is malformed.');
  return undefined;
}

function failure(ErrorCode: string, ErrorMessage: string): object {
  return { ErrorCode, ErrorMessage };
}

/** @returns The object in a JSON text; undefined when the text is not JSON or not of an object. */
function readObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @throws AwsError ResourceNotFoundException. */
function findRule(events: EventBuses, name: string, busName: string | undefined): EventRule {
  const bus = events.bus(busName);
  const rule = bus.rules.get(name);
  if (!rule) {
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus.name}.`);
  }
  return rule;
}

function describeBus({ name, arn, description, policy }: EventBus): object {
  return {
    Name: name,
    Arn: arn,
    ...(description && { Description: description }),
    ...(policy && { Policy: JSON.stringify(policy) }),
  };
}

function describeRule({ name, arn, busName, description, pattern, isEnabled }: EventRule): object {
  return {
    Name: name,
    Arn: arn,
    EventPattern: pattern,
    State: isEnabled ? 'ENABLED' : 'DISABLED',
    ...(description && { Description: description }),
    EventBusName: busName,
  };
}

function describeTarget(target: RuleTarget): object {
  return {
    Id: target.id,
    Arn: target.arn,
    ...(target.roleArn && { RoleArn: target.roleArn }),
    ...(target.deadLetters && { DeadLetterConfig: { Arn: target.deadLetters } }),
    ...(target.retryPolicy && { RetryPolicy: target.retryPolicy }),
    ...(target.type === 'function' && target.input !== undefined && { Input: target.input }),
  };
}
