import { type Check, isRepeatable } from './checks';
import type { Call, ExaminationProps } from './examination';

/** What both versions were asked with one check, and what came of it. */
export interface Asked {
  readonly check: Check;
  readonly fresh: readonly Call[];
  readonly baseline: readonly Call[];
}

interface Growing extends Asked {
  readonly fresh: Call[];
  readonly baseline: Call[];
}

/** Calls under way at the same time in the cold round, so that each meets an environment of its own. */
const AT_LEAST = 3;

/** The most of them: the concurrency of an account is shared with its traffic. */
const AT_MOST = 5;

const WARM_ROUNDS = 8;

/** Calls a version. */
const SECOND_STAGE = 60;

/** Asks the checks, as long as there is time, and keeps what came of it. */
export class Rounds {
  readonly #asked: readonly Growing[];

  constructor(private readonly props: Pick<ExaminationProps, 'ask' | 'checks' | 'hasBaseline' | 'timeLeft'>) {
    this.#asked = props.checks.map((check) => ({ check, fresh: [], baseline: [] }));
  }

  get asked(): readonly Asked[] {
    return this.#asked;
  }

  /** Asks the new version: what may be repeated side by side, then the rest one by one, as it stands in the file. */
  async cold(): Promise<void> {
    const repeated = this.#asked.filter(({ check }) => isRepeatable(check));
    const copies = Math.ceil(AT_LEAST / Math.max(1, repeated.length));
    const waiting = Array.from({ length: copies }, () => repeated).flat();
    const askOn = async (): Promise<void> => {
      for (let next = waiting.shift(); next && this.#hasTime(); next = waiting.shift()) {
        next.fresh.push(await this.props.ask(next.check, 'new'));
      }
    };
    await Promise.all(Array.from({ length: AT_MOST }, askOn));
    for (const { check, fresh } of this.#asked) {
      if (!isRepeatable(check) && this.#hasTime()) fresh.push(await this.props.ask(check, 'new'));
    }
  }

  /** Asks both versions by turns. @returns the rounds that were made in full */
  async warm(): Promise<number> {
    const repeated = this.#asked.filter(({ check }) => isRepeatable(check));
    if (repeated.length === 0) return 0;
    for (let round = 0; round < WARM_ROUNDS; round += 1) {
      for (const asked of repeated) if (!(await this.#askBoth(asked))) return round;
    }
    return WARM_ROUNDS;
  }

  /** Asks both versions once more, only what is in doubt. */
  async again(doubtful: readonly Check[]): Promise<void> {
    const repeated = this.#asked.filter(({ check }) => doubtful.includes(check));
    for (let call = 0; call < SECOND_STAGE && repeated.length > 0; call += 1) {
      if (!(await this.#askBoth(repeated[call % repeated.length]!))) return;
    }
  }

  /** @returns whether there was time for both */
  async #askBoth({ check, fresh, baseline }: Growing): Promise<boolean> {
    const { ask, hasBaseline } = this.props;
    if (!this.#hasTime()) return false;
    fresh.push(await ask(check, 'new'));
    if (!hasBaseline) return true;
    if (!this.#hasTime()) return false;
    baseline.push(await ask(check, 'baseline'));
    return true;
  }

  #hasTime(): boolean {
    return this.props.timeLeft() > 0;
  }
}
