import { type AwsEvent, awsEvent } from '../events/event';
import { arn, type Scope } from '../scope';
import type { ActionRecord, ExecutionRecord, StageRecord } from './history';

/** What the three kinds of event have in common. */
interface Detail {
  readonly pipeline: string;
  readonly 'execution-id': string;
  /** ISO 8601, of what changed. */
  readonly 'start-time': string;
  readonly state: string;
  /** Of the pipeline's structure. */
  readonly version: number;
  readonly 'pipeline-execution-attempt': number;
}

export type ExecutionStateChange = AwsEvent<Detail>;
export type StageStateChange = AwsEvent<Detail & { readonly stage: string }>;
export type ActionStateChange = AwsEvent<
  Detail & {
    readonly stage: string;
    readonly 'action-execution-id': string;
    readonly action: string;
    readonly region: string;
    readonly type: {
      readonly owner: 'AWS';
      readonly provider: string;
      readonly category: string;
      readonly version: '1';
    };
    readonly 'execution-result'?: {
      readonly 'external-execution-summary'?: string;
      readonly 'external-execution-id'?: string;
      readonly 'error-code'?: string;
    };
  }
>;

/** Where and when an event comes from. */
export interface Origin {
  readonly scope: Scope;
  /** The event's own id. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function executionStateChange(execution: ExecutionRecord, origin: Origin): ExecutionStateChange {
  return event('Pipeline', execution, detailOf(execution, execution.state, execution.started), origin);
}

export function stageStateChange(execution: ExecutionRecord, record: StageRecord, origin: Origin): StageStateChange {
  const detail = { ...detailOf(execution, record.state, record.started), stage: record.stage };
  return event('Stage', execution, detail, origin);
}

export function actionStateChange(execution: ExecutionRecord, record: ActionRecord, origin: Origin): ActionStateChange {
  // A failed action has its message where others have their summary.
  const summary = record.error?.message ?? record.summary;
  const result = {
    ...(summary !== undefined && { 'external-execution-summary': summary }),
    ...(record.externalExecutionId !== undefined && { 'external-execution-id': record.externalExecutionId }),
    ...(record.error && { 'error-code': record.error.code }),
  };
  const detail = {
    ...detailOf(execution, record.state, record.started),
    stage: record.stage,
    'action-execution-id': record.actionExecutionId,
    action: record.action,
    region: record.region ?? origin.scope.region,
    type: { owner: 'AWS', provider: record.provider, category: record.category, version: '1' } as const,
    ...(record.state !== 'STARTED' && Object.keys(result).length > 0 && { 'execution-result': result }),
  };
  return event('Action', execution, detail, origin);
}

function detailOf(execution: ExecutionRecord, state: string, started: number): Detail {
  return {
    pipeline: execution.pipeline,
    'execution-id': execution.id,
    'start-time': new Date(started).toISOString(),
    state,
    version: execution.version,
    'pipeline-execution-attempt': execution.attempt,
  };
}

function event<D extends object>(
  what: 'Pipeline' | 'Stage' | 'Action',
  { pipeline }: ExecutionRecord,
  detail: D,
  { scope, id, now }: Origin,
): AwsEvent<D> {
  return awsEvent(
    {
      id,
      'detail-type': `CodePipeline ${what} Execution State Change`,
      source: 'aws.codepipeline',
      resources: [arn('codepipeline', scope, pipeline)],
      detail,
    },
    scope,
    now,
  );
}
