import type { CodePipeline } from '../../embedded-aws/codepipeline/codepipeline';
import type { Random } from '../../embedded-aws/random';
import type { ActionResult } from './action-runner';
import type { Action, Pipeline } from './model';
import type { PipelineEvent } from './pipeline-event';

interface RecorderProps {
  readonly pipeline: Pipeline;
  readonly executionId: string;
  /** CodePipeline in the pipeline's account and region. */
  readonly codePipeline: Pick<CodePipeline, 'executionChanged' | 'stageChanged' | 'actionChanged'>;
  /** Random stream for the ids of action executions. */
  readonly random: Random;
}

/** CodePipeline's category and provider of each type of action. */
const ACTION_TYPES: Readonly<Record<Action['type'], { readonly category: string; readonly provider: string }>> = {
  Source: { category: 'Source', provider: 'CodeStarSourceConnection' },
  CodeBuild: { category: 'Build', provider: 'CodeBuild' },
  SelfMutation: { category: 'Build', provider: 'CodeBuild' },
  CreateUpdateStack: { category: 'Deploy', provider: 'CloudFormation' },
  ReplaceChangeSet: { category: 'Deploy', provider: 'CloudFormation' },
  ExecuteChangeSet: { category: 'Deploy', provider: 'CloudFormation' },
  Lambda: { category: 'Invoke', provider: 'Lambda' },
};

/**
 * Records an execution in the embedded CodePipeline, so that its API returns the execution and EventBridge gets its
 * events.
 *
 * @returns A function to call with each event, in order.
 */
export function recorder({
  pipeline,
  executionId,
  codePipeline,
  random,
}: RecorderProps): (event: PipelineEvent) => void {
  const execution = { pipeline: pipeline.name, executionId };
  const ids = new Map<Action, string>();
  const identify = (action: Action) => {
    const actionExecutionId = ids.get(action) ?? random.uuid();
    ids.set(action, actionExecutionId);
    return { ...execution, actionExecutionId, stage: action.stage, action: action.name, ...ACTION_TYPES[action.type] };
  };
  return (event) => {
    switch (event.type) {
      case 'execution-started':
        return codePipeline.executionChanged({ ...execution, state: 'STARTED' });
      case 'execution-ended':
        return codePipeline.executionChanged({ ...execution, state: STATES[event.status] });
      case 'stage-started':
        return codePipeline.stageChanged({ ...execution, stage: event.stage, state: 'STARTED' });
      case 'stage-ended':
        return codePipeline.stageChanged({ ...execution, stage: event.stage, state: STATES[event.status] });
      case 'action-started':
        return codePipeline.actionChanged({ ...identify(event.action), state: 'STARTED' });
      case 'action-progress': {
        const { action, summary, externalId: externalExecutionId } = event;
        return codePipeline.actionChanged({
          ...identify(action),
          state: 'STARTED',
          ...(summary !== undefined && { summary }),
          ...(externalExecutionId !== undefined && { externalExecutionId }),
        });
      }
      case 'action-ended':
        return codePipeline.actionChanged({ ...identify(event.action), ...resultOf(event.result) });
      case 'build-event':
        return;
    }
  };
}

const STATES = { Succeeded: 'SUCCEEDED', Failed: 'FAILED' } as const;

function resultOf(result: ActionResult) {
  if (result.type === 'reported') return { state: 'SUCCEEDED', summary: result.summary } as const;
  const known = result.externalId === undefined ? {} : { externalExecutionId: result.externalId };
  if (result.type === 'succeeded') {
    return { ...known, state: 'SUCCEEDED', summary: result.summary, outputVariables: result.variables } as const;
  }
  return { ...known, state: 'FAILED', error: { code: result.code, message: result.message } } as const;
}
