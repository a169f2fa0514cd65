import { AwsError, Unsupported } from '../errors';
import type { ServiceApi } from '../protocol/api';
import type { Input } from '../protocol/input';
import { jsonApi } from '../protocol/json';
import { LOGS_ACCESS } from './access';
import type { LogEvent, LogGroup, LogGroups } from './log-groups';

/** Largest page of events, and of groups or streams (CloudWatch Logs API reference). */
const MOST_EVENTS = 10_000;
const MOST_GROUPS = 50;

export function logsApi(logs: LogGroups): ServiceApi {
  return jsonApi({
    signingName: 'logs',
    target: 'Logs_20140328',
    version: '1.1',
    access: LOGS_ACCESS,
    operations: {
      DescribeLogGroups: {
        accepts: ['logGroupNamePrefix', 'nextToken', 'limit'],
        run({ logGroupNamePrefix, nextToken, limit }) {
          const { items, next } = page(logs.groups(logGroupNamePrefix ?? ''), nextToken, limit ?? MOST_GROUPS);
          return { logGroups: items.map(describeGroup), nextToken: next };
        },
      },
      DescribeLogStreams: {
        accepts: ['logGroupName', 'logStreamNamePrefix', 'orderBy', 'descending', 'nextToken', 'limit'],
        run(input) {
          const { items, next } = page(streams(logs, input), input.nextToken, input.limit ?? MOST_GROUPS);
          return { logStreams: items, nextToken: next };
        },
      },
      FilterLogEvents: {
        accepts: [
          'logGroupName',
          'logStreamNames',
          'logStreamNamePrefix',
          'startTime',
          'endTime',
          'filterPattern',
          'interleaved',
          'nextToken',
          'limit',
        ],
        run(input) {
          const matches = matcher(input.filterPattern ?? '');
          const found = logs
            .read(input.logGroupName)
            .filter((event) => within(event, input) && matches(event.message))
            .filter((event) => !input.logStreamNames || input.logStreamNames.includes(event.stream))
            .filter((event) => event.stream.startsWith(input.logStreamNamePrefix ?? ''));
          const { items, next } = page(found, input.nextToken, input.limit ?? MOST_EVENTS);
          return {
            events: items.map((event) => ({ ...describeEvent(event), eventId: event.id, logStreamName: event.stream })),
            searchedLogStreams: [],
            nextToken: next,
          };
        },
      },
      GetLogEvents: {
        accepts: ['logGroupName', 'logStreamName', 'startTime', 'endTime', 'startFromHead', 'nextToken', 'limit'],
        run(input) {
          const found = logs
            .read(input.logGroupName)
            .filter((event) => event.stream === input.logStreamName && within(event, input));
          const limit = input.limit ?? MOST_EVENTS;
          const start = input.nextToken
            ? position(input.nextToken)
            : input.startFromHead
              ? 0
              : Math.max(0, found.length - limit);
          const events = found.slice(start, start + limit);
          // At either end the same token is returned, by which clients detect the end (API reference, GetLogEvents).
          return {
            events: events.map(describeEvent),
            nextForwardToken: `f/${start + events.length}`,
            nextBackwardToken: `b/${Math.max(0, start - limit)}`,
          };
        },
      },
    },
  });
}

function describeGroup(group: LogGroup): object {
  return {
    logGroupName: group.name,
    arn: group.arn,
    logGroupArn: group.arn.replace(/:\*$/, ''),
    creationTime: group.createdAt.getTime(),
    retentionInDays: group.retention,
    storedBytes: 0,
    metricFilterCount: 0,
  };
}

function streams(logs: LogGroups, input: Input): object[] {
  const byName = new Map<string, LogEvent[]>();
  for (const event of logs.read(input.logGroupName)) {
    if (!event.stream.startsWith(input.logStreamNamePrefix ?? '')) continue;
    byName.set(event.stream, [...(byName.get(event.stream) ?? []), event]);
  }
  const described = [...byName].map(([name, events]) => ({
    logStreamName: name,
    firstEventTimestamp: events[0]!.at,
    lastEventTimestamp: events.at(-1)!.at,
    creationTime: events[0]!.at,
  }));
  const byTime = input.orderBy === 'LastEventTime';
  described.sort((a, b) =>
    byTime ? a.lastEventTimestamp - b.lastEventTimestamp : a.logStreamName < b.logStreamName ? -1 : 1,
  );
  return input.descending ? described.reverse() : described;
}

function describeEvent(event: LogEvent): object {
  return { timestamp: event.at, message: event.message, ingestionTime: event.at };
}

function within(event: LogEvent, { startTime, endTime }: Input): boolean {
  return event.at >= (startTime ?? Number.NEGATIVE_INFINITY) && event.at <= (endTime ?? Number.POSITIVE_INFINITY);
}

/**
 * @returns A predicate that is true for messages with all terms of the pattern.
 * @throws Unsupported for JSON, optional, excluding and regular-expression patterns.
 */
function matcher(pattern: string): (message: string) => boolean {
  if (/[{[?%]|(^|\s)-/.test(pattern.replace(/"[^"]*"/g, '')))
    throw new Unsupported(`logs: the filter pattern ${pattern}`);
  const terms = [...pattern.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  return (message) => terms.every((term) => message.includes(term));
}

function page<T>(items: readonly T[], token: string | undefined, limit: number) {
  const start = token ? position(token) : 0;
  const end = start + limit;
  return { items: items.slice(start, end), next: end < items.length ? `f/${end}` : undefined };
}

function position(token: string): number {
  const [, digits] = /^[fb]\/(\d+)$/.exec(token) ?? [];
  if (!digits) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return Number(digits);
}
