import { AwsError } from '../errors';
import { EnvironmentPool, type PooledEnvironment } from './environment-pool';
import { ExecutionEnvironment } from './execution-environment';
import type { FunctionVersion } from './function';
import type { Reaper } from './reaper';

/** An environment for one invocation; it must be given back. */
export interface Lease extends PooledEnvironment {
  readonly environment: ExecutionEnvironment;
  readonly logStream: string;
  /** whether this invocation is its first */
  cold: boolean;
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

/** All execution environments, by the version they hold. */
export class Fleet {
  readonly #pools = new Map<FunctionVersion, EnvironmentPool<Lease>>();
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  constructor(private readonly props: FleetProps) {}

  /**
   * @returns the environment that was used last, a new one if all are busy, or the first to become free
   * @throws AwsError ServiceException once the fleet is closed
   */
  async lease(version: FunctionVersion): Promise<Lease> {
    this.#endIdle();
    const pool = this.#pools.get(version) ?? new EnvironmentPool();
    this.#pools.set(version, pool);
    for (;;) {
      if (this.#closed) throw new AwsError('ServiceException', 'the rehearsal has ended', 500);
      let cold = false;
      const lease = pool.take(this.props.now(), () => {
        cold = true;
        return this.#start(version);
      });
      if (lease) return Object.assign(lease, { cold });
      await pool.change();
    }
  }

  /** Gives an environment back after its invocation. */
  release(version: FunctionVersion, lease: Lease): void {
    // A version that was retired meanwhile has no environments any more.
    if (!this.#pools.get(version)?.release(lease, this.props.now())) this.#end(lease.environment);
  }

  /** Ends the environments of a version that nothing can invoke any more; a busy one ends with its invocation. */
  retire(version: FunctionVersion): void {
    for (const { busy, environment } of this.#pools.get(version)?.clear() ?? []) if (!busy) this.#end(environment);
  }

  /** Ends every environment, and waits until each is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const pool of this.#pools.values()) for (const { environment } of pool.clear()) this.#end(environment);
    await Promise.all(this.#ending);
  }

  #start(version: FunctionVersion): Lease {
    const { variables, logStream } = this.props.setUp(version);
    const environment = new ExecutionEnvironment({
      taskRoot: version.code.taskRoot,
      variables,
      memorySize: version.configuration.memorySize,
      reaper: this.props.reaper,
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
      for (const { environment } of pool.removeIdle(this.props.now())) this.#end(environment);
    }
  }

  #end(environment: ExecutionEnvironment): void {
    const ended = environment.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
