import { AwsError } from '../errors';
import { ExecutionEnvironment } from './execution-environment';
import type { FunctionVersion } from './function';
import type { Reaper } from './reaper';

/** An environment for one invocation; it must be given back. */
export interface Lease {
  readonly environment: ExecutionEnvironment;
  readonly logStream: string;
  /** whether this invocation is its first */
  readonly cold: boolean;
}

/** How a new environment is set up. */
export interface EnvironmentSetup {
  readonly variables: Readonly<Record<string, string>>;
  readonly logStream: string;
}

export interface FleetProps {
  readonly reaper: Reaper;
  /** called for every new environment */
  readonly setUp: (version: FunctionVersion) => EnvironmentSetup;
  /** @returns the current instant, in milliseconds since the epoch */
  readonly now: () => number;
}

interface Member {
  readonly environment: ExecutionEnvironment;
  readonly logStream: string;
  busy: boolean;
  lastUsed: number;
}

/** Environments that one version may have side by side; a further invocation waits. Bounds the processes on a laptop. */
const MOST_PER_VERSION = 4;

/** Virtual milliseconds after which an idle environment is ended. AWS doesn't say how long it keeps one. */
const IDLE_LIMIT = 15 * 60_000;

/** All execution environments, by the version they hold. */
export class Fleet {
  readonly #members = new Map<FunctionVersion, Member[]>();
  readonly #waiting = new Map<FunctionVersion, (() => void)[]>();
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  constructor(private readonly props: FleetProps) {}

  /**
   * @returns the environment that was used last, a new one if all are busy, or the first to become free
   * @throws AwsError ServiceException once the fleet is closed
   */
  async lease(version: FunctionVersion): Promise<Lease> {
    this.#endIdle();
    for (;;) {
      if (this.#closed) throw new AwsError('ServiceException', 'the rehearsal has ended', 500);
      const lease = this.#take(version);
      if (lease) return lease;
      await new Promise<void>((resolve) => {
        this.#waiting.set(version, [...(this.#waiting.get(version) ?? []), resolve]);
      });
    }
  }

  /** Gives an environment back after its invocation. */
  release(version: FunctionVersion, { environment }: Lease): void {
    const members = this.#members.get(version) ?? [];
    const member = members.find((each) => each.environment === environment);
    if (member) Object.assign(member, { busy: false, lastUsed: this.props.now() });
    // A version that was retired meanwhile has no list any more.
    if (!member) this.#end(environment);
    const [next, ...others] = this.#waiting.get(version) ?? [];
    this.#waiting.set(version, others);
    next?.();
  }

  /** Ends the environments of a version that nothing can invoke any more; a busy one ends with its invocation. */
  retire(version: FunctionVersion): void {
    for (const member of this.#members.get(version) ?? []) if (!member.busy) this.#end(member.environment);
    this.#members.delete(version);
  }

  /** Ends every environment, and waits until each is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const member of [...this.#members.values()].flat()) this.#end(member.environment);
    this.#members.clear();
    await Promise.all(this.#ending);
  }

  #take(version: FunctionVersion): Lease | undefined {
    const members = (this.#members.get(version) ?? []).filter((member) => member.environment.alive);
    this.#members.set(version, members);
    const [idle] = members.filter((member) => !member.busy).sort((a, b) => b.lastUsed - a.lastUsed);
    if (idle) {
      idle.busy = true;
      return { environment: idle.environment, logStream: idle.logStream, cold: false };
    }
    if (members.length >= MOST_PER_VERSION) return undefined;
    const { variables, logStream } = this.props.setUp(version);
    const environment = new ExecutionEnvironment({
      taskRoot: version.code.taskRoot,
      variables,
      memorySize: version.configuration.memorySize,
      reaper: this.props.reaper,
    });
    members.push({ environment, logStream, busy: true, lastUsed: this.props.now() });
    return { environment, logStream, cold: true };
  }

  #endIdle(): void {
    const latest = this.props.now() - IDLE_LIMIT;
    for (const [version, members] of this.#members) {
      const idle = members.filter((member) => !member.busy && member.lastUsed < latest);
      for (const member of idle) this.#end(member.environment);
      if (idle.length > 0)
        this.#members.set(
          version,
          members.filter((member) => !idle.includes(member)),
        );
    }
  }

  #end(environment: ExecutionEnvironment): void {
    const ended = environment.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
