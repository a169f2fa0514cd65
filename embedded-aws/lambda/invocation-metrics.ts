import type { MetricSink } from '../cloudwatch/metric';
import type { FunctionRef } from './function-ref';
import type { Target } from './function-store';

/** What one invocation, or one refused for want of concurrency, adds to the metrics. */
export type Observation =
  | { readonly type: 'throttled' }
  /** `duration`: of the handler, in virtual milliseconds */
  | { readonly type: 'invoked'; readonly executedVersion: string; readonly failed: boolean; readonly duration: number };

/** Metrics that Lambda records for every invocation, with their units. */
export const INVOCATION_METRICS = {
  Invocations: 'Count',
  Errors: 'Count',
  Duration: 'Milliseconds',
  Throttles: 'Count',
} as const;

/**
 * Sets of dimensions under which Lambda records the metrics of an invocation (developer guide, "Dimensions for
 * function metrics").
 *
 * @param ref Function as it was invoked.
 * @param executedVersion Version that ran. @default - the function was not invoked through an alias
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
 * Records what Lambda records per invocation (developer guide, "Types of metrics for Lambda functions"), stamped with the
 * invocation's instant. A throttled one is neither an invocation nor an error.
 */
export function recordInvocation(metrics: MetricSink, { ref, alias }: Target, at: number, observed: Observation): void {
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
