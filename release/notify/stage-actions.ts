import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  paginateListActionExecutions,
} from '@aws-sdk/client-codepipeline';

/** What an action of a pipeline did last in one execution. */
export interface StageAction {
  readonly id: string;
  readonly stage: string;
  readonly name: string;
  /** as CodePipeline says it, e.g. `Failed` */
  readonly status: string;
  /** milliseconds since the epoch; `ended` is when its status changed last */
  readonly began: number;
  readonly ended: number;
  /** what it ran elsewhere, e.g. CodeBuild's build id. @default nothing, or it did not get that far */
  readonly externalId?: string;
  /** why it failed, in CodePipeline's words. @default it has not failed, or CodePipeline gave no reason */
  readonly message?: string;
  /** where people see what it ran. @default CodePipeline knows no address */
  readonly url?: string;
  /** what it gave to later actions */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * @param execution the pipeline execution's id
 * @returns every action that ran in an execution, in the order of beginning; of one that was retried the newest run
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
      if (!known || began(known) < began(each)) newest.set(key, each);
    }
  }
  return [...newest.values()].sort((a, b) => began(a) - began(b)).map(actionOf);
}

function began({ startTime }: ActionExecutionDetail): number {
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
    began: began(detail),
    ended: detail.lastUpdateTime?.getTime() ?? began(detail),
    variables,
    ...(result?.externalExecutionId ? { externalId: result.externalExecutionId } : {}),
    ...(detail.status === 'Failed' && message ? { message } : {}),
    ...(result?.externalExecutionUrl ? { url: result.externalExecutionUrl } : {}),
  };
}
