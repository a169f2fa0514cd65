/** An execution environment as a pool sees it. The pool writes `busy` and `lastUsed`. */
export interface PooledEnvironment {
  /** Whether it can take another invocation. */
  readonly alive: boolean;
  busy: boolean;
  /** Milliseconds since the epoch. */
  lastUsed: number;
}

/** Environments that one version has at once at most; further invocations wait. Bounds the processes on a laptop. */
const MOST_PER_VERSION = 4;

/** Virtual milliseconds after which an idle environment is ended. AWS doesn't say how long it keeps one. */
const IDLE_LIMIT = 15 * 60_000;

/** The execution environments of one function version: which of them takes the next invocation, and when one ends. */
export class EnvironmentPool<E extends PooledEnvironment> {
  #members: E[] = [];
  #waiting: (() => void)[] = [];

  /**
   * Takes an environment for one invocation; it must be released.
   *
   * @param now Milliseconds since the epoch.
   * @param create Makes a new environment.
   * @returns The idle one that was used last, else a new one; undefined when as many as allowed are busy.
   */
  take(now: number, create: () => E): E | undefined {
    // A loop instead of filters, because this runs for every invocation.
    let best: E | undefined;
    let living = 0;
    for (const member of this.#members) {
      if (!member.alive) continue;
      living += 1;
      if (!member.busy && (!best || member.lastUsed > best.lastUsed)) best = member;
    }
    if (living < this.#members.length) this.#members = this.#members.filter(({ alive }) => alive);
    if (!best) {
      if (living >= MOST_PER_VERSION) return undefined;
      best = create();
      best.lastUsed = now;
      this.#members.push(best);
    }
    best.busy = true;
    return best;
  }

  /** Resolves when an environment has been released. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Gives an environment back after its invocation.
   *
   * @returns Whether the pool still has it; false after {@link clear}.
   */
  release(environment: E, now: number): boolean {
    environment.busy = false;
    environment.lastUsed = now;
    this.#waiting.shift()?.();
    return this.#members.includes(environment);
  }

  /** @returns The environments that have been idle for too long, now removed from the pool; the caller ends them. */
  removeIdle(now: number): readonly E[] {
    const idle: E[] = [];
    for (const member of this.#members) if (!member.busy && member.lastUsed < now - IDLE_LIMIT) idle.push(member);
    if (idle.length > 0) this.#members = this.#members.filter((member) => !idle.includes(member));
    return idle;
  }

  /** @returns Every environment, now removed from the pool; the caller ends them. */
  clear(): readonly E[] {
    const members = this.#members;
    this.#members = [];
    return members;
  }
}
