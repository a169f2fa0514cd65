import type { CodePipeline } from '../../embedded-aws/codepipeline/codepipeline';
import type { Random } from '../../embedded-aws/random';
import type { ActionResult } from './action-runner';
import type { Action, Pipeline } from './model';
import type { PipelineEvent } from './pipeline-event';

export interface RecorderProps {
  readonly pipeline: Pipeline;
  readonly executionId: string;
  /** CodePipeline in the pipeline's account and region */
  readonly codePipeline: Pick<CodePipeline, 'executionChanged' | 'stageChanged' | 'actionChanged'>;
  /** the stream that ids of actions' executions are drawn from */
  readonly random: Random;
}

/** What CodePipeline calls the kinds of actions. */
const KINDS: Readonly<Record<Action['type'], { readonly category: string; readonly provider: string }>> = {
  Source: { category: 'Source', provider: 'CodeStarSourceConnection' },
  CodeBuild: { category: 'Build', provider: 'CodeBuild' },
  SelfMutation: { category: 'Build', provider: 'CodeBuild' },
  CreateUpdateStack: { category: 'Deploy', provider: 'CloudFormation' },
  ReplaceChangeSet: { category: 'Deploy', provider: 'CloudFormation' },
  ExecuteChangeSet: { category: 'Deploy', provider: 'CloudFormation' },
  Lambda: { category: 'Invoke', provider: 'Lambda' },
};

/**
 * Tells the endpoint's CodePipeline what happens in one execution, so that its API knows of it and EventBridge gets its
 * events.
 *
 * @returns to be called with each event, in order
 */
export function recorder({
  pipeline,
  executionId,
  codePipeline,
  random,
}: RecorderProps): (event: PipelineEvent) => void {
  const execution = { pipeline: pipeline.name, executionId };
  const ids = new Map<Action, string>();
  const of = (action: Action) => {
    const actionExecutionId = ids.get(action) ?? random.uuid();
    ids.set(action, actionExecutionId);
    return { ...execution, actionExecutionId, stage: action.stage, action: action.name, ...KINDS[action.type] };
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
        return codePipeline.actionChanged({ ...of(event.action), state: 'STARTED' });
      case 'action-progress': {
        const { action, summary, externalId: externalExecutionId } = event;
        return codePipeline.actionChanged({
          ...of(action),
          state: 'STARTED',
          ...(summary !== undefined && { summary }),
          ...(externalExecutionId !== undefined && { externalExecutionId }),
        });
      }
      case 'action-ended':
        return codePipeline.actionChanged({ ...of(event.action), ...endOf(event.result) });
      case 'build-event':
        return;
    }
  };
}

const STATES = { Succeeded: 'SUCCEEDED', Failed: 'FAILED' } as const;

function endOf(result: ActionResult) {
  if (result.type === 'reported') return { state: 'SUCCEEDED', summary: result.summary } as const;
  const known = result.externalId === undefined ? {} : { externalExecutionId: result.externalId };
  if (result.type === 'succeeded') {
    return { ...known, state: 'SUCCEEDED', summary: result.summary, outputVariables: result.variables } as const;
  }
  return { ...known, state: 'FAILED', error: { code: result.code, message: result.message } } as const;
}
