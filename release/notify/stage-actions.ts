import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  paginateListActionExecutions,
} from '@aws-sdk/client-codepipeline';

/** The last run of an action in one pipeline execution. */
export interface StageAction {
  readonly id: string;
  readonly stage: string;
  readonly name: string;
  /** CodePipeline's status, e.g. `Failed`. */
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  /** When its status changed last, in milliseconds since the epoch. */
  readonly ended: number;
  /** Id of what it ran in another service, e.g. CodeBuild's build id. @default - nothing, or it did not get that far */
  readonly externalId?: string;
  /** CodePipeline's error message. @default - it has not failed, or CodePipeline gave no reason */
  readonly message?: string;
  /** Address of what it ran. @default - CodePipeline knows none */
  readonly url?: string;
  /** Its output variables. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * @param execution Id of the pipeline execution.
 * @returns Every action that ran in an execution, in the order of their beginnings; for retried ones the newest run.
 */
export async function readActions(
  client: CodePipelineClient,
  pipelineName: string,
  execution: string,
): Promise<StageAction[]> {
  const newest = new Map<string, ActionExecutionDetail>();
  const filter = { pipelineExecutionId: execution };
  for await (const page of paginateListActionExecutions({ client }, { pipelineName, filter })) {
    for (const each of page.actionExecutionDetails ?? []) {
      const key = `${each.stageName}/${each.actionName}`;
      const known = newest.get(key);
      if (!known || beginningOf(known) < beginningOf(each)) newest.set(key, each);
    }
  }
  return [...newest.values()].sort((a, b) => beginningOf(a) - beginningOf(b)).map(actionOf);
}

function beginningOf({ startTime }: ActionExecutionDetail): number {
  return startTime?.getTime() ?? 0;
}

function actionOf(detail: ActionExecutionDetail): StageAction {
  const { executionResult: result, outputVariables: variables = {} } = detail.output ?? {};
  const message = result?.errorDetails?.message || result?.externalExecutionSummary;
  return {
    id: detail.actionExecutionId ?? '',
    stage: detail.stageName ?? '',
    name: detail.actionName ?? '',
    status: detail.status ?? 'Unknown',
    began: beginningOf(detail),
    ended: detail.lastUpdateTime?.getTime() ?? beginningOf(detail),
    variables,
    ...(result?.externalExecutionId ? { externalId: result.externalExecutionId } : {}),
    ...(detail.status === 'Failed' && message ? { message } : {}),
    ...(result?.externalExecutionUrl ? { url: result.externalExecutionUrl } : {}),
  };
}
