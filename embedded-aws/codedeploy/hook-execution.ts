import { AwsError } from '../errors';
import type { LifecycleEventName } from './lifecycle';

type HookResult = 'Succeeded' | 'Failed';

/** A run of a hook function. It ends when the function reports a result, or when CodeDeploy stops waiting for it. */
export class HookExecution {
  #result: HookResult | undefined;
  #closed = false;
  readonly id: string;
  readonly event: LifecycleEventName;
  readonly functionName: string;

  /** @param id Opaque id, with which the hook reports its result. */
  constructor(id: string, event: LifecycleEventName, functionName: string) {
    this.id = id;
    this.event = event;
    this.functionName = functionName;
  }

  /** Reported result; undefined until the hook reports. */
  get result(): HookResult | undefined {
    return this.#result;
  }

  /**
   * @throws AwsError LifecycleEventAlreadyCompletedException when the hook has already reported, or reports too late.
   */
  report(result: HookResult): void {
    if (this.#closed || this.#result) {
      throw new AwsError(
        'LifecycleEventAlreadyCompletedException',
        'An attempt to return the status of an already completed lifecycle event occurred.',
      );
    }
    this.#result = result;
  }

  close(): void {
    this.#closed = true;
  }
}
