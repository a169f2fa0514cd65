import type { CallVersion, CheckCalls, VersionCall } from './calls';
import { type Check, isRepeatable } from './checks';

interface RoundsProps {
  readonly checks: readonly Check[];
  readonly call: CallVersion;
  readonly hasBaseline: boolean;
  /** @returns Milliseconds that are left for calls. */
  readonly timeLeft: () => number;
}

interface GrowingCalls extends CheckCalls {
  readonly newVersion: VersionCall[];
  readonly baseline: VersionCall[];
}

/** Least number of concurrent calls in the cold round, so that each starts an environment. */
const AT_LEAST = 3;

/** Most concurrent calls in the cold round: the concurrency of an account is shared with its traffic. */
const AT_MOST = 5;

const WARM_ROUNDS = 8;

/** Calls to each version when a finding is in doubt. */
const REPETITIONS = 60;

/** Runs the checks while there is time, and collects the calls. */
export class Rounds {
  readonly #props: RoundsProps;
  readonly #calls: readonly GrowingCalls[];

  constructor(props: RoundsProps) {
    this.#props = props;
    this.#calls = props.checks.map((check) => ({ check, newVersion: [], baseline: [] }));
  }

  get calls(): readonly CheckCalls[] {
    return this.#calls;
  }

  /** Calls the new version: repeatable checks concurrently, then the others one by one in the order of the file. */
  async runCold(): Promise<void> {
    const repeated = this.#calls.filter(({ check }) => isRepeatable(check));
    const copies = Math.ceil(AT_LEAST / Math.max(1, repeated.length));
    const waiting = Array.from({ length: copies }, () => repeated).flat();
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next && this.#hasTime(); next = waiting.shift()) {
        next.newVersion.push(await this.#props.call(next.check, 'new'));
      }
    };
    await Promise.all(Array.from({ length: AT_MOST }, work));
    for (const { check, newVersion } of this.#calls) {
      if (!isRepeatable(check) && this.#hasTime()) newVersion.push(await this.#props.call(check, 'new'));
    }
  }

  /**
   * Calls both versions in turn.
   *
   * @returns The rounds that were completed.
   */
  async runWarm(): Promise<number> {
    const repeated = this.#calls.filter(({ check }) => isRepeatable(check));
    if (repeated.length === 0) return 0;
    for (let round = 0; round < WARM_ROUNDS; round += 1) {
      for (const calls of repeated) if (!(await this.#callBoth(calls))) return round;
    }
    return WARM_ROUNDS;
  }

  /** Calls both versions again, for these checks only. */
  async repeat(checks: readonly Check[]): Promise<void> {
    const repeated = this.#calls.filter(({ check }) => checks.includes(check));
    for (let call = 0; call < REPETITIONS && repeated.length > 0; call += 1) {
      if (!(await this.#callBoth(repeated[call % repeated.length]!))) return;
    }
  }

  /** @returns Whether there was time for both calls. */
  async #callBoth({ check, newVersion, baseline }: GrowingCalls): Promise<boolean> {
    const { call, hasBaseline } = this.#props;
    if (!this.#hasTime()) return false;
    newVersion.push(await call(check, 'new'));
    if (!hasBaseline) return true;
    if (!this.#hasTime()) return false;
    baseline.push(await call(check, 'baseline'));
    return true;
  }

  #hasTime(): boolean {
    return this.#props.timeLeft() > 0;
  }
}
