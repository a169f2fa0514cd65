import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  paginateListActionExecutions,
} from '@aws-sdk/client-codepipeline';
import type { CanaryParameters } from './job';

/** One run of the Deploy action in a pipeline execution. */
export interface DeployRun {
  /** CodePipeline's status. */
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  /** ISO 8601. */
  readonly began: string;
  /** When its status changed last, ISO 8601: its end, once it has ended. */
  readonly updated: string;
  /** Id of the CodeBuild build. @default - it has not started */
  readonly build?: string;
  /** CodePipeline's error message. @default - it has not failed, or there is none */
  readonly error?: string;
}

/** @returns The newest run of Deploy, because retrying a stage runs it again; undefined before it has begun. */
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
  // The API reference does not specify the order.
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
