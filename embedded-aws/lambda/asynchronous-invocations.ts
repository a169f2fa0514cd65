import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import { AwsError } from '../errors';
import type { Random } from '../random';
import { type DeadLetterQueue, text } from '../sqs/message';
import type { FunctionStore, InvocationTarget } from './function-store';
import type { Invocation } from './invocation';
import type { Invoker } from './invoker';

/**
 * Virtual milliseconds between attempts (developer guide, "How Lambda handles errors and retries with asynchronous
 * invocation").
 */
const WAITS = [60_000, 120_000];

/** Bytes of a dead letter's ErrorMessage (developer guide, "Dead-letter queues"). */
const LONGEST_ERROR = 1024;

/** Why an attempt failed, as a dead letter tells it (developer guide, "Dead-letter queues"). */
interface Failure {
  readonly requestId: string;
  /** HTTP status of the attempt: 200 where the function itself failed. */
  readonly code: number;
  readonly message: string;
}

interface AsynchronousInvocationsProps {
  readonly clock: VirtualClock;
  readonly functions: FunctionStore;
  readonly invoker: Invoker;
  /** For events that never reached their function. */
  readonly requestIds: Random;
  readonly metrics: MetricSink;
  readonly deadLetters: DeadLetterQueue;
  /** Told of events that are lost. */
  readonly onNotice: (notice: string) => void;
}

/**
 * Invocations that nobody waits for: Lambda tries an event that ends in an error twice more, after one and two minutes.
 * They run as daemons of the clock, in the time that others make pass.
 */
export class AsynchronousInvocations {
  readonly #props: AsynchronousInvocationsProps;

  constructor(props: AsynchronousInvocationsProps) {
    this.#props = props;
  }

  /**
   * Accepts an event.
   *
   * @returns When the last attempt has ended; the promise may stay pending if no time passes.
   * @throws AwsError ResourceNotFoundException, at once.
   */
  start(functionName: string, payload: string, qualifier?: string): Promise<void> {
    const { clock, functions, invoker } = this.#props;
    functions.resolve(functionName, qualifier);
    return clock.spawn(
      async () => {
        let requestId: string | undefined;
        for (let attempt = 0; ; attempt += 1) {
          // Each attempt meets the function as it then is: an alias may have moved on.
          const target = this.#find(functionName, qualifier);
          if (!target) return;
          let failure: Failure;
          try {
            const invocation = await invoker.invoke(target, payload, requestId);
            if (!invocation.functionError) return;
            requestId = invocation.requestId;
            failure = { requestId, code: 200, message: errorMessage(invocation) };
            await clock.sleep(invocation.duration);
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            requestId ??= this.#props.requestIds.uuid();
            failure = { requestId, code: error.status, message: error.message };
          }
          const wait = WAITS[attempt];
          if (wait === undefined) {
            this.#giveUp(target, payload, failure);
            return;
          }
          await clock.sleep(wait);
        }
      },
      { daemon: true },
    );
  }

  /** Sends the event to the function's dead-letter queue, if it has one; without one it is gone, as on Lambda. */
  #giveUp({ ref, version }: InvocationTarget, payload: string, { requestId, code, message }: Failure): void {
    const { clock, metrics, deadLetters, onNotice } = this.#props;
    const queue = version.configuration.deadLetterTarget;
    if (!queue) return;
    try {
      deadLetters.send(queue, payload, {
        RequestID: text(requestId),
        ErrorCode: { DataType: 'Number', StringValue: String(code) },
        ErrorMessage: text(message),
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      metrics.record({
        namespace: 'AWS/Lambda',
        name: 'DeadLetterErrors',
        dimensions: { FunctionName: ref.name },
        value: 1,
        at: clock.now(),
        unit: 'Count',
      });
      onNotice(`${ref.name}: an event is lost, its dead-letter queue ${queue} refused it: ${error.message}`);
    }
  }

  #find(functionName: string, qualifier: string | undefined): InvocationTarget | undefined {
    try {
      return this.#props.functions.resolve(functionName, qualifier);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }
}

/**
 * @returns The message of the error that an invocation gave, or all that it gave, cut to what a dead letter may carry.
 */
function errorMessage({ payload }: Invocation): string {
  const given: unknown = JSON.parse(payload);
  const message = typeof given === 'object' && given !== null && 'errorMessage' in given ? given.errorMessage : payload;
  const bytes = Buffer.from(String(message));
  // A character that the cut went through is left out.
  return bytes.length > LONGEST_ERROR
    ? bytes
        .subarray(0, LONGEST_ERROR)
        .toString()
        .replace(/\uFFFD+$/, '')
    : String(message);
}
