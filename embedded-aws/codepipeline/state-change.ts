import { type AwsEvent, awsEvent } from '../events/event';
import { arn, type Scope } from '../scope';
import type { ActionRecord, ExecutionRecord, StageRecord } from './history';

/** Members that the three kinds of event have in common. */
interface Detail {
  readonly pipeline: string;
  readonly 'execution-id': string;
  /** ISO 8601 timestamp of the start of the execution, stage or action. */
  readonly 'start-time': string;
  readonly state: string;
  /** Version of the pipeline's structure. */
  readonly version: number;
  readonly 'pipeline-execution-attempt': number;
}

type ExecutionStateChange = AwsEvent<Detail>;
type StageStateChange = AwsEvent<Detail & { readonly stage: string }>;
type ActionStateChange = AwsEvent<
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

/** Where and when an event occurs. */
export interface StateChangeOrigin {
  readonly scope: Scope;
  /** Id of the event. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function executionStateChange(execution: ExecutionRecord, origin: StateChangeOrigin): ExecutionStateChange {
  return event('Pipeline', execution, detailOf(execution, execution.state, execution.started), origin);
}

export function stageStateChange(
  execution: ExecutionRecord,
  record: StageRecord,
  origin: StateChangeOrigin,
): StageStateChange {
  const detail = { ...detailOf(execution, record.state, record.started), stage: record.stage };
  return event('Stage', execution, detail, origin);
}

export function actionStateChange(
  execution: ExecutionRecord,
  record: ActionRecord,
  origin: StateChangeOrigin,
): ActionStateChange {
  // A failed action has its error message in place of the summary.
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
  subject: 'Pipeline' | 'Stage' | 'Action',
  { pipeline }: ExecutionRecord,
  detail: D,
  { scope, id, now }: StateChangeOrigin,
): AwsEvent<D> {
  return awsEvent(
    {
      id,
      'detail-type': `CodePipeline ${subject} Execution State Change`,
      source: 'aws.codepipeline',
      resources: [arn('codepipeline', scope, pipeline)],
      detail,
    },
    scope,
    now,
  );
}
