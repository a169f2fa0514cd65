import type { MetricSink } from '../cloudwatch/metric';
import type { FunctionRef } from './function-ref';
import type { InvocationTarget } from './function-store';

/** An invocation, or one that was throttled, as the metrics record it. */
type Observation =
  | { readonly type: 'throttled' }
  /** `duration` is that of the handler, in virtual milliseconds. */
  | { readonly type: 'invoked'; readonly executedVersion: string; readonly failed: boolean; readonly duration: number };

/** Metrics that Lambda records for every invocation, with their units. */
export const INVOCATION_METRICS = {
  Invocations: 'Count',
  Errors: 'Count',
  Duration: 'Milliseconds',
  Throttles: 'Count',
} as const;

/**
 * Sets of dimensions under which Lambda records the metrics of an invocation (developer guide, "Dimensions for function
 * metrics").
 *
 * @param ref Function as it was invoked.
 * @param executedVersion Version that ran; absent unless the function was invoked through an alias.
 */
export function invocationDimensions(
  { name, qualifier }: FunctionRef,
  executedVersion?: string,
): readonly Readonly<Record<string, string>>[] {
  const resource = qualifier === undefined ? name : `${name}:${qualifier}`;
  const ofResource = { FunctionName: name, Resource: resource };
  return [
    { FunctionName: name },
    ofResource,
    ...(executedVersion === undefined ? [] : [{ ...ofResource, ExecutedVersion: executedVersion }]),
  ];
}

/**
 * Records Lambda's metrics of an invocation (developer guide, "Types of metrics for Lambda functions") at the instant
 * of the invocation. A throttled invocation counts neither as an invocation nor as an error.
 */
export function recordInvocation(
  metrics: MetricSink,
  { ref, alias }: InvocationTarget,
  at: number,
  observed: Observation,
): void {
  const executedVersion = alias && observed.type === 'invoked' ? observed.executedVersion : undefined;
  const sets = invocationDimensions(ref, executedVersion);
  const record = (name: keyof typeof INVOCATION_METRICS, value: number) => {
    const unit = INVOCATION_METRICS[name];
    for (const dimensions of sets) metrics.record({ namespace: 'AWS/Lambda', name, dimensions, value, at, unit });
  };
  if (observed.type === 'throttled') {
    record('Throttles', 1);
    return;
  }
  record('Invocations', 1);
  record('Errors', observed.failed ? 1 : 0);
  record('Duration', observed.duration);
  record('Throttles', 0);
}
