import type { RunOutcome } from './execution-environment';

/** The result of an invocation, as Lambda reports it. */
export interface InvocationResult {
  /** Response to the caller: the handler's JSON, or an error object. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
  /**
   * Addition to the REPORT line.
   *
   * @default - Nothing.
   */
  readonly status?: string;
  /**
   * Line that Lambda itself adds to the log.
   *
   * @default - None.
   */
  readonly line?: string;
}

/**
 * Largest synchronous response, in bytes (developer guide, "Lambda quotas": 6 MB; the exact figure is from Lambda's
 * error message).
 */
const LARGEST_RESPONSE = 6_291_556;

interface ResultContext {
  readonly requestId: string;
  /** Timeout of the function, in seconds. */
  readonly timeout: number;
  /** Virtual instant of the timeout, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** @returns The result with Lambda's error types and messages, as published logs of its runtimes have them. */
export function resultOf(outcome: RunOutcome, { requestId, timeout, deadline }: ResultContext): InvocationResult {
  switch (outcome.type) {
    case 'returned': {
      const size = Buffer.byteLength(outcome.payload);
      if (size <= LARGEST_RESPONSE) return { payload: outcome.payload };
      const errorMessage = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`;
      return failure('Function.ResponseSizeTooLarge', errorMessage);
    }
    case 'failed':
      return { payload: outcome.payload, functionError: 'Unhandled' };
    case 'timed-out': {
      const message = `Task timed out after ${timeout.toFixed(2)} seconds`;
      return {
        ...failure('Sandbox.Timedout', `RequestId: ${requestId} Error: ${message}`),
        status: 'Status: timeout',
        line: `${new Date(deadline).toISOString()} ${requestId} ${message}`,
      };
    }
    case 'exited': {
      const message = `RequestId: ${requestId} Error: ${exitMessage(outcome)}`;
      return {
        ...failure('Runtime.ExitError', message),
        status: 'Status: error\tError Type: Runtime.ExitError',
        line: `${message}\nRuntime.ExitError`,
      };
    }
  }
}

function failure(errorType: string, errorMessage: string): InvocationResult {
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' };
}

function exitMessage({ code, signal }: Extract<RunOutcome, { type: 'exited' }>): string {
  if (signal === 'SIGABRT') return 'Runtime exited with error: signal: aborted';
  if (signal) return `Runtime exited with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
}
