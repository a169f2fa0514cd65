import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { physicalName } from '../physical-name';
import type { ServiceApi } from '../protocol/api';
import type { Random } from '../random';
import type { ResourceType } from '../resource-type';
import { arn, type Scope } from '../scope';
import { logsApi } from './api';

/** One line of a log. */
export interface LogEvent {
  readonly id: string;
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly message: string;
}

export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  /** In days, undefined for ever. */
  retention: number | undefined;
  readonly events: LogEvent[];
}

interface LogsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** A log group takes CloudFormation about two seconds. In milliseconds. */
const GROUP_TAKES = 2_000;

/** Amazon CloudWatch Logs. It keeps to contract.md. */
export class Logs {
  readonly api: ServiceApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #groups = new Map<string, LogGroup>();
  #written = 0;

  constructor({ scope, clock, random }: LogsProps) {
    this.#scope = scope;
    this.#clock = clock;
    this.api = logsApi(this);
    this.resourceTypes = [this.#groupType(random)];
  }

  /**
   * Writes a line, and makes the group when there is none, as Lambda does.
   *
   * @param at In milliseconds since the epoch.
   */
  write(logGroup: string, stream: string, at: number, message: string): void {
    const group = this.#groups.get(logGroup) ?? this.#create(logGroup);
    const id = String(this.#written).padStart(56, '0');
    this.#written += 1;
    // Lines of one instant stay in the order of their writing; almost every line is the newest.
    const later = group.events.findLastIndex((event) => event.at <= at) + 1;
    group.events.splice(later, 0, { id, stream, at, message });
  }

  /**
   * @returns A group's lines, oldest first.
   * @throws AwsError ResourceNotFoundException.
   */
  read(logGroup: string): readonly LogEvent[] {
    return this.group(logGroup).events;
  }

  /** @throws AwsError ResourceNotFoundException. */
  group(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return group;
  }

  /** @returns The groups whose name begins so, by name. */
  groups(prefix: string): readonly LogGroup[] {
    return [...this.#groups.values()]
      .filter((group) => group.name.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #create(name: string): LogGroup {
    const group = {
      name,
      arn: arn('logs', this.#scope, `log-group:${name}:*`),
      createdAt: this.#clock.date(),
      retention: undefined,
      events: [],
    };
    this.#groups.set(name, group);
    return group;
  }

  #groupType(random: Random): ResourceType {
    const retention = (days: unknown) => (days === undefined ? undefined : Number(days));
    return {
      type: 'AWS::Logs::LogGroup',
      accepts: ['LogGroupName', 'RetentionInDays', 'Tags'],
      replacedBy: ['LogGroupName'],
      create: async (properties, context) => {
        await this.#clock.sleep(GROUP_TAKES);
        const name = properties.LogGroupName ?? physicalName(context, random, { longest: 512 });
        if (this.#groups.has(name)) {
          throw new AwsError(
            'AlreadyExists',
            `Resource of type 'AWS::Logs::LogGroup' with identifier '{"/properties/LogGroupName":"${name}"}' already exists.`,
          );
        }
        const group = this.#create(name);
        group.retention = retention(properties.RetentionInDays);
        return { id: name, attributes: { Arn: group.arn } };
      },
      update: async (name, properties) => {
        await this.#clock.sleep(GROUP_TAKES);
        const group = this.group(name);
        group.retention = retention(properties.RetentionInDays);
        return { id: name, attributes: { Arn: group.arn } };
      },
      delete: async (name) => {
        await this.#clock.sleep(GROUP_TAKES);
        this.#groups.delete(name);
      },
    };
  }
}
