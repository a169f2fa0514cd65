import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import { arn, type Scope } from '../scope';

/** A line of a log. */
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
  /** Days; undefined for unlimited retention. */
  retention: number | undefined;
  readonly events: LogEvent[];
}

/** The log groups of an account and region with their lines. */
export class LogGroups {
  readonly #scope: Scope;
  readonly #clock: VirtualClock;
  readonly #groups = new Map<string, LogGroup>();
  #written = 0;

  constructor(scope: Scope, clock: VirtualClock) {
    this.#scope = scope;
    this.#clock = clock;
  }

  /**
   * Writes a line, and creates the group when it does not exist, as Lambda does.
   *
   * @param at Milliseconds since the epoch.
   */
  write(logGroup: string, stream: string, at: number, message: string): void {
    const group = this.#groups.get(logGroup) ?? this.#add(logGroup);
    const id = String(this.#written).padStart(56, '0');
    this.#written += 1;
    // Lines of one instant keep the order of their writing; almost every line is the newest.
    const later = group.events.findLastIndex((event) => event.at <= at) + 1;
    group.events.splice(later, 0, { id, stream, at, message });
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /**
   * @returns Lines of a group, oldest first.
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

  /** @returns Groups whose name has the prefix, by name. */
  groups(prefix: string): readonly LogGroup[] {
    return [...this.#groups.values()]
      .filter((group) => group.name.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError AlreadyExists, with CloudFormation's message. */
  createGroup(name: string): LogGroup {
    if (this.#groups.has(name)) {
      throw new AwsError(
        'AlreadyExists',
        `Resource of type 'AWS::Logs::LogGroup' with identifier '{"/properties/LogGroupName":"${name}"}' already exists.`,
      );
    }
    return this.#add(name);
  }

  /** Deletes a group. Succeeds when it does not exist. */
  deleteGroup(name: string): void {
    this.#groups.delete(name);
  }

  #add(name: string): LogGroup {
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
}
