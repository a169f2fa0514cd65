import { AwsError } from '../errors';
import type { LifecycleEventName } from './lifecycle';

export type HookVerdict = 'Succeeded' | 'Failed';

/** One run of a hook function, which is over when the function has reported or CodeDeploy has given up on it. */
export class HookExecution {
  #verdict: HookVerdict | undefined;
  #closed = false;

  /** @param id Opaque, the hook hands it back. */
  constructor(
    readonly id: string,
    readonly event: LifecycleEventName,
    readonly functionName: string,
  ) {}

  /** What the hook has reported, undefined until then. */
  get verdict(): HookVerdict | undefined {
    return this.#verdict;
  }

  /** @throws AwsError LifecycleEventAlreadyCompletedException when it has reported before or comes too late. */
  report(verdict: HookVerdict): void {
    if (this.#closed || this.#verdict) {
      throw new AwsError(
        'LifecycleEventAlreadyCompletedException',
        'An attempt to return the status of an already completed lifecycle event occurred.',
      );
    }
    this.#verdict = verdict;
  }

  close(): void {
    this.#closed = true;
  }
}
