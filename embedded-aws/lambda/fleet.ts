import { AwsError } from '../errors';
import { EnvironmentPool, type PooledEnvironment } from './environment-pool';
import { ExecutionEnvironment } from './execution-environment';
import type { FunctionVersion } from './function';
import type { Reaper } from './reaper';

/** An environment that is reserved for one invocation, until it is released. */
export interface Lease extends PooledEnvironment {
  readonly environment: ExecutionEnvironment;
  readonly logStream: string;
  /** Whether this invocation is its first. */
  cold: boolean;
}

/** How a new environment is set up. */
interface EnvironmentSetup {
  readonly variables: Readonly<Record<string, string>>;
  readonly logStream: string;
}

interface FleetProps {
  readonly reaper: Reaper;
  /** Called for each new environment. */
  readonly setUp: (version: FunctionVersion) => EnvironmentSetup;
  /** @returns The current instant, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** All execution environments, by function version. */
export class Fleet {
  readonly #props: FleetProps;
  readonly #pools = new Map<FunctionVersion, EnvironmentPool<Lease>>();
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  constructor(props: FleetProps) {
    this.#props = props;
  }

  /**
   * @returns The idle environment that was used last, else a new one, else the first that is released.
   * @throws AwsError ServiceException after {@link close}.
   */
  async lease(version: FunctionVersion): Promise<Lease> {
    this.#endIdle();
    const pool = this.#pools.get(version) ?? new EnvironmentPool();
    this.#pools.set(version, pool);
    for (;;) {
      if (this.#closed) throw new AwsError('ServiceException', 'the embedded AWS has been closed', 500);
      let cold = false;
      const lease = pool.take(this.#props.now(), () => {
        cold = true;
        return this.#start(version);
      });
      if (lease) return Object.assign(lease, { cold });
      await pool.change();
    }
  }

  /** Releases an environment after its invocation. */
  release(version: FunctionVersion, lease: Lease): void {
    // The version may have been retired meanwhile.
    if (!this.#pools.get(version)?.release(lease, this.#props.now())) this.#end(lease.environment);
  }

  /** Ends the environments of a version that can no longer be invoked; a busy one ends after its invocation. */
  retire(version: FunctionVersion): void {
    for (const { busy, environment } of this.#pools.get(version)?.clear() ?? []) if (!busy) this.#end(environment);
  }

  /** Ends all environments and waits for their exit. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const pool of this.#pools.values()) for (const { environment } of pool.clear()) this.#end(environment);
    await Promise.all(this.#ending);
  }

  #start(version: FunctionVersion): Lease {
    const { variables, logStream } = this.#props.setUp(version);
    const environment = new ExecutionEnvironment({
      taskRoot: version.code.taskRoot,
      variables,
      memorySize: version.configuration.memorySize,
      reaper: this.#props.reaper,
    });
    return {
      environment,
      logStream,
      cold: true,
      busy: false,
      lastUsed: 0,
      get alive() {
        return environment.alive;
      },
    };
  }

  #endIdle(): void {
    for (const pool of this.#pools.values()) {
      for (const { environment } of pool.removeIdle(this.#props.now())) this.#end(environment);
    }
  }

  #end(environment: ExecutionEnvironment): void {
    const ended = environment.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
