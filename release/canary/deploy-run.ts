import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  paginateListActionExecutions,
} from '@aws-sdk/client-codepipeline';
import type { CanaryParameters } from './job';

/** How Deploy stands in one pipeline execution. */
export interface DeployRun {
  /** as CodePipeline says it */
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  /** instants in ISO 8601 */
  readonly began: string;
  /** when its status changed last: once it has ended, its end */
  readonly updated: string;
  /** id of the CodeBuild build, @default there is none, or not yet */
  readonly build?: string;
  /** why it failed, in CodePipeline's words. @default it did not, or they are not known */
  readonly error?: string;
}

/** @returns the newest run of Deploy: a stage that is retried runs it once more. undefined before it has begun */
export async function newestDeployRun(
  client: CodePipelineClient,
  { pipeline, stage, action, execution }: Pick<CanaryParameters, 'pipeline' | 'stage' | 'action' | 'execution'>,
): Promise<DeployRun | undefined> {
  const runs: ActionExecutionDetail[] = [];
  const pages = paginateListActionExecutions(
    { client },
    { pipelineName: pipeline, filter: { pipelineExecutionId: execution } },
  );
  for await (const { actionExecutionDetails = [] } of pages) {
    runs.push(...actionExecutionDetails.filter((each) => each.stageName === stage && each.actionName === action));
  }
  // The API reference promises no order.
  const [newest] = runs.sort((a, b) => instant(b.startTime) - instant(a.startTime));
  if (!newest?.status || !newest.startTime) return undefined;
  const { externalExecutionId: build, errorDetails } = newest.output?.executionResult ?? {};
  return {
    status: newest.status,
    began: newest.startTime.toISOString(),
    updated: (newest.lastUpdateTime ?? newest.startTime).toISOString(),
    ...(build ? { build } : {}),
    ...(errorDetails?.message ? { error: errorDetails.message } : {}),
  };
}

function instant(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
