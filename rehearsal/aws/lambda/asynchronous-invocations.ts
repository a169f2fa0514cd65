import type { VirtualClock } from '../../clock';
import { AwsError } from '../errors';
import type { FunctionStore } from './function-store';
import type { Invoker } from './invoker';

/** Virtual milliseconds between attempts (developer guide, "How Lambda handles errors and retries with asynchronous invocation"). */
const WAITS = [60_000, 120_000];

export interface AsynchronousInvocationsProps {
  readonly clock: VirtualClock;
  readonly functions: FunctionStore;
  readonly invoker: Invoker;
  /** told what the rehearsal leaves out */
  readonly onNotice: (notice: string) => void;
}

/**
 * Invocations that nobody waits for: Lambda tries an event that ends in an error twice more, after one and two minutes.
 * They run as daemons of the clock, in the time that others make pass.
 */
export class AsynchronousInvocations {
  constructor(private readonly props: AsynchronousInvocationsProps) {}

  /**
   * Accepts an event.
   *
   * @returns when the last attempt has ended; the promise may stay pending if no time passes
   * @throws AwsError ResourceNotFoundException, at once
   */
  start(functionName: string, payload: string, qualifier?: string): Promise<void> {
    const { clock, functions, invoker, onNotice } = this.props;
    functions.resolve(functionName, qualifier);
    return clock.spawn(
      async () => {
        let requestId: string | undefined;
        for (let attempt = 0; ; attempt += 1) {
          // Each attempt meets the function as it then is: an alias may have moved on.
          const target = this.#find(functionName, qualifier);
          if (!target) return;
          try {
            const invocation = await invoker.invoke(target, payload, requestId);
            if (!invocation.functionError) return;
            requestId = invocation.requestId;
            await clock.sleep(invocation.duration);
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
          }
          const wait = WAITS[attempt];
          if (wait === undefined) {
            const queue = target.version.configuration.deadLetterTarget;
            if (queue)
              onNotice(
                `${target.ref.name}: an event failed for good; nothing is sent to its dead-letter target ${queue}`,
              );
            return;
          }
          await clock.sleep(wait);
        }
      },
      { daemon: true },
    );
  }

  #find(functionName: string, qualifier: string | undefined) {
    try {
      return this.props.functions.resolve(functionName, qualifier);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }
}
