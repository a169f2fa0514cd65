import type { ModelledDuration } from './duration-model';
import type { InvocationResult } from './invocation-result';

/** Receiver of log lines. */
export interface LogSink {
  /** @returns Whether a log group exists. */
  hasGroup(logGroup: string): boolean;
  /** @param at Milliseconds since the epoch. */
  write(logGroup: string, stream: string, at: number, message: string): void;
}

interface InvocationLogProps {
  readonly requestId: string;
  readonly version: string;
  /** Lines that the code printed. */
  readonly lines: readonly string[];
  readonly result: InvocationResult;
  readonly duration: ModelledDuration;
  /** Memory size, in megabytes. */
  readonly memorySize: number;
}

/** @returns Log events of one invocation, with Lambda's START, END and REPORT lines. */
export function invocationLog({
  requestId,
  version,
  lines,
  result,
  duration,
  memorySize,
}: InvocationLogProps): string[] {
  const report = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.handler.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(duration.handler + duration.init)} ms`,
    `Memory Size: ${memorySize} MB`,
    ...(duration.init > 0 ? [`Init Duration: ${duration.init.toFixed(2)} ms`] : []),
    ...(result.status ? [result.status] : []),
  ];
  return [
    `START RequestId: ${requestId} Version: ${version}`,
    ...lines,
    ...(result.line ? [result.line] : []),
    `END RequestId: ${requestId}`,
    report.join('\t'),
  ];
}
