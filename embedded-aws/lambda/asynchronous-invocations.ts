import type { AccessControl } from '../access/access-control';
import type { VirtualClock } from '../clock';
import type { MetricSink } from '../cloudwatch/metric';
import { AwsError } from '../errors';
import type { Random } from '../random';
import { type DeadLetterQueue, stringAttribute } from '../sqs/message';
import { executionRole } from './execution-role';
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

/** Why an attempt failed, as the attributes of a dead letter state it (developer guide, "Dead-letter queues"). */
interface Failure {
  readonly requestId: string;
  /** HTTP status of the attempt; 200 when the function itself failed. */
  readonly code: number;
  readonly message: string;
}

interface AsynchronousInvocationsProps {
  readonly clock: VirtualClock;
  readonly functions: FunctionStore;
  readonly invoker: Invoker;
  /** Stream for the request ids of events that never reached their function. */
  readonly requestIds: Random;
  readonly metrics: MetricSink;
  readonly deadLetters: DeadLetterQueue;
  /** Decides whether a function's role may send to its dead-letter queue. */
  readonly access: Pick<AccessControl, 'checkRole'>;
  /** Called with a message for each event that is lost. */
  readonly onNotice: (notice: string) => void;
}

/**
 * Asynchronous invocations. Lambda retries an event that ends in an error twice, after one and after two minutes.
 * Attempts run as daemons of the clock: they do not make virtual time pass.
 */
export class AsynchronousInvocations {
  readonly #props: AsynchronousInvocationsProps;

  constructor(props: AsynchronousInvocationsProps) {
    this.#props = props;
  }

  /**
   * Accepts an event.
   *
   * @returns A promise that resolves after the last attempt; it may stay pending if no time passes.
   * @throws AwsError ResourceNotFoundException, synchronously.
   */
  start(functionName: string, payload: string, qualifier?: string): Promise<void> {
    const { clock, functions, invoker } = this.#props;
    functions.resolve(functionName, qualifier);
    return clock.spawn(
      async () => {
        let requestId: string | undefined;
        for (let attempt = 0; ; attempt += 1) {
          // Resolved for each attempt: the alias may have moved to another version meanwhile.
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

  /** Sends the event to the function's dead-letter queue. Without one it is dropped, as on Lambda. */
  #giveUp({ ref, version }: InvocationTarget, payload: string, { requestId, code, message }: Failure): void {
    const { clock, metrics, deadLetters, access, onNotice } = this.#props;
    const queue = version.configuration.deadLetterTarget;
    if (!queue) return;
    try {
      const denial = access.checkRole(executionRole(version), { action: 'sqs:SendMessage', resource: queue });
      if (denial) throw new AwsError('AccessDenied', denial.message, 403);
      deadLetters.send(queue, payload, {
        RequestID: stringAttribute(requestId),
        ErrorCode: { DataType: 'Number', StringValue: String(code) },
        ErrorMessage: stringAttribute(message),
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
      onNotice(`${ref.name}: an event was lost because its dead-letter queue ${queue} refused it: ${error.message}`);
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
 * @returns The error message of a failed invocation, or its whole payload, truncated to what a dead letter can carry.
 */
function errorMessage({ payload }: Invocation): string {
  const given: unknown = JSON.parse(payload);
  const message = typeof given === 'object' && given !== null && 'errorMessage' in given ? given.errorMessage : payload;
  const bytes = Buffer.from(String(message));
  // Truncation can split a character; its remains decode to U+FFFD.
  return bytes.length > LONGEST_ERROR
    ? bytes
        .subarray(0, LONGEST_ERROR)
        .toString()
        .replace(/\uFFFD+$/, '')
    : String(message);
}
