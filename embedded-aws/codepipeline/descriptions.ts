import type { ActionRecord, ChangedActionState, ChangedState, ExecutionRecord } from './history';
import type { PipelineRecord } from './pipeline-records';

/** Names of states in the API; events use other names. */
export const STATUS: Readonly<Record<ChangedState | ChangedActionState, string>> = {
  STARTED: 'InProgress',
  RESUMED: 'InProgress',
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  ABANDONED: 'Abandoned',
};

export function describeActionExecution(execution: ExecutionRecord, action: ActionRecord): object {
  return {
    pipelineExecutionId: execution.id,
    actionExecutionId: action.actionExecutionId,
    pipelineVersion: execution.version,
    stageName: action.stage,
    actionName: action.action,
    startTime: new Date(action.started),
    lastUpdateTime: new Date(action.updated),
    status: STATUS[action.state],
    input: {
      actionTypeId: { category: action.category, owner: 'AWS', provider: action.provider, version: '1' },
      region: action.region,
    },
    output: {
      outputVariables: action.outputVariables ?? {},
      executionResult: {
        externalExecutionId: action.externalExecutionId,
        externalExecutionSummary: action.error?.message ?? action.summary,
        errorDetails: action.error,
      },
    },
  };
}

export function describeExecution({ id, pipeline, version, state }: ExecutionRecord): object {
  return { pipelineName: pipeline, pipelineVersion: version, pipelineExecutionId: id, status: STATUS[state] };
}

/** @param executions Executions in the order in which they started. */
export function describeState(
  name: string,
  record: PipelineRecord | undefined,
  executions: readonly ExecutionRecord[],
): object {
  const newestFirst = [...executions].reverse();
  const stagesRun = newestFirst.flatMap(({ stages }) => [...stages.keys()]);
  const stageNames = record?.stages.map((stage) => stage.name) ?? [...new Set(stagesRun)];
  return {
    pipelineName: name,
    pipelineVersion: record?.version ?? 1,
    stageStates: stageNames.map((stageName) => describeStage(stageName, record, newestFirst)),
  };
}

function describeStage(
  stageName: string,
  record: PipelineRecord | undefined,
  newestFirst: readonly ExecutionRecord[],
): object {
  const latest = newestFirst.find(({ stages }) => stages.has(stageName));
  const actions = newestFirst
    .flatMap((execution) => [...execution.actions.values()].reverse())
    .filter(({ stage }) => stage === stageName);
  const declared = record?.stages.find(({ name }) => name === stageName)?.actions;
  const actionNames = declared ?? [...new Set(actions.map(({ action }) => action))];
  return {
    stageName,
    latestExecution: latest && {
      pipelineExecutionId: latest.id,
      status: STATUS[latest.stages.get(stageName)!.state],
    },
    actionStates: actionNames.map((actionName) => {
      const newest = actions.find(({ action }) => action === actionName);
      return { actionName, latestExecution: newest && describeLatest(newest) };
    }),
  };
}

function describeLatest(action: ActionRecord): object {
  return {
    actionExecutionId: action.actionExecutionId,
    status: STATUS[action.state],
    summary: action.summary,
    lastStatusChange: new Date(action.updated),
    externalExecutionId: action.externalExecutionId,
    percentComplete: action.percentComplete,
    errorDetails: action.error,
  };
}
