import type { MetricSink } from '../cloudwatch/metric';
import type { Target } from './function-store';

/** What one invocation, or one refused for want of concurrency, adds to the metrics. */
export type Observation =
  | { readonly type: 'throttled' }
  /** `duration`: of the handler, in virtual milliseconds */
  | { readonly type: 'invoked'; readonly executedVersion: string; readonly failed: boolean; readonly duration: number };

/**
 * Records what Lambda records per invocation (developer guide, "Types of metrics for Lambda functions"), stamped with the
 * invocation's instant. A throttled one is neither an invocation nor an error.
 */
export function recordInvocation(metrics: MetricSink, { ref, alias }: Target, at: number, observed: Observation): void {
  const resource = ref.qualifier === undefined ? ref.name : `${ref.name}:${ref.qualifier}`;
  const sets: Record<string, string>[] = [{ FunctionName: ref.name }, { FunctionName: ref.name, Resource: resource }];
  if (alias && observed.type === 'invoked') {
    sets.push({ FunctionName: ref.name, Resource: resource, ExecutedVersion: observed.executedVersion });
  }
  const record = (name: string, value: number, unit: string) => {
    for (const dimensions of sets) metrics.record({ namespace: 'AWS/Lambda', name, dimensions, value, at, unit });
  };
  if (observed.type === 'throttled') {
    record('Throttles', 1, 'Count');
    return;
  }
  record('Invocations', 1, 'Count');
  record('Errors', observed.failed ? 1 : 0, 'Count');
  record('Duration', observed.duration, 'Milliseconds');
  record('Throttles', 0, 'Count');
}
