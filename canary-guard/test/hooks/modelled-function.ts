import type { Answer } from '../../hooks/answer';
import type { VersionCall } from '../../hooks/calls';
import type { Check } from '../../hooks/checks';
import type { ExaminationProps } from '../../hooks/examination';

/** @returns A generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a version does with a call. */
export interface Behaviour {
  /**
   * Whether it throws, or by what error.
   *
   * @default - never
   */
  readonly throws?: (call: { readonly check: Check; readonly cold: boolean }) => boolean | string;
  /** @default - status 200 with a greeting */
  readonly answers?: (check: Check) => Answer;
  /**
   * @returns Milliseconds.
   * @default - always 10
   */
  readonly takes?: () => number;
  /**
   * Whether its log contains how long it took.
   *
   * @default true
   */
  readonly measured?: boolean;
}

/** A version of a function. It starts an environment for each call for which none is idle. */
export class ModelledVersion {
  calls: Check[] = [];
  #idle = 0;

  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour = {}) {
    this.#behaviour = behaviour;
  }

  async call(check: Check): Promise<VersionCall> {
    const { throws = () => false, answers = hello, takes = () => 10, measured = true } = this.#behaviour;
    this.calls.push(check);
    const cold = this.#idle === 0;
    if (!cold) this.#idle -= 1;
    const thrown = throws({ check, cold });
    const error = thrown === true ? 'threw Error: boom' : thrown;
    const outcome = error ? { error } : { answer: answers(check) };
    const milliseconds = takes();
    await Promise.resolve(); // concurrent calls are answered after the last of them began
    await Promise.resolve();
    this.#idle += 1;
    return { ...outcome, ...(measured && { milliseconds, cold }) };
  }
}

const hello = (): Answer => ({ status: 200, body: '{"message":"hello"}' });

export function route(name: string, more: Partial<Check> = {}): Check {
  return { name, function: 'shop', route: `GET /${name}`, ...more } as Check;
}

export interface ExaminedVersions {
  readonly newVersion?: Behaviour;
  /**
   * Undefined if there is none.
   *
   * @default - one that works
   */
  readonly baseline?: Behaviour | undefined;
  readonly checks?: readonly Check[];
  readonly history?: Awaited<ReturnType<ExaminationProps['history']>>;
  /**
   * Calls until the time is up.
   *
   * @default - no end
   */
  readonly calls?: number;
}

/** @returns The props of examine(), and the versions that it calls. */
export function examined(options: ExaminedVersions) {
  const { checks = ['a', 'b', 'c'].map((name) => route(name)), calls = Number.POSITIVE_INFINITY } = options;
  const newVersion = new ModelledVersion(options.newVersion);
  const baseline = new ModelledVersion(options.baseline);
  const notes: string[] = [];
  let made = 0;
  const props: ExaminationProps = {
    checks,
    call: (check, version) => {
      made += 1;
      return (version === 'new' ? newVersion : baseline).call(check);
    },
    hasBaseline: !('baseline' in options) || options.baseline !== undefined,
    history: async () => options.history,
    timeLeft: () => calls - made,
    baselineName: 'v6',
    note: (message) => notes.push(message),
  };
  return { props, newVersion, baseline, notes };
}
