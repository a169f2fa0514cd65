/** One execution environment of a version. */
export interface ModelledEnvironment {
  /** invocations that it has begun */
  served: number;
  busy: boolean;
  alive: boolean;
  /** milliseconds since the epoch */
  lastUsed: number;
}

/** Environments that one version has side by side at most, and how long an idle one lives: those of `aws/lambda/fleet.ts`. */
const MOST_PER_VERSION = 4;
const IDLE_LIMIT = 15 * 60_000;

/** The environments of one version, handed out as the rehearsal's Lambda does. */
export class Environments {
  #members: ModelledEnvironment[] = [];
  readonly #waiting: (() => void)[] = [];

  /** @returns the idle one that was used last, else a new one; undefined when all that there may be are busy */
  take(now: number): ModelledEnvironment | undefined {
    let best: ModelledEnvironment | undefined;
    let living = 0;
    for (const member of this.#members) {
      if (!member.busy && member.lastUsed < now - IDLE_LIMIT) member.alive = false;
      if (!member.alive) continue;
      living += 1;
      if (!member.busy && (!best || member.lastUsed > best.lastUsed)) best = member;
    }
    if (living < this.#members.length) this.#members = this.#members.filter(({ alive }) => alive);
    if (!best) {
      if (living >= MOST_PER_VERSION) return undefined;
      best = { served: 0, busy: false, alive: true, lastUsed: now };
      this.#members.push(best);
    }
    best.busy = true;
    return best;
  }

  /** Resolves when one has been given back. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives an environment back. */
  release(environment: ModelledEnvironment, now: number): void {
    environment.busy = false;
    environment.lastUsed = now;
    this.#waiting.shift()?.();
  }
}
