import type { Commit } from '../scratch/git';
import type { ActionProgress, ActionResult } from './action-runner';
import type { BuildEvent } from './codebuild/build-event';
import type { Action } from './model';

/** How far a stage or an execution came, in CodePipeline's words. */
export type StageStatus = 'Succeeded' | 'Failed';

/** What happens in an execution, as it happens; `at` is in milliseconds of virtual time. */
export type PipelineEvent = { readonly at: number } & (
  | { readonly type: 'execution-started'; readonly executionId: string; readonly commit: Commit }
  | { readonly type: 'stage-started'; readonly stage: string }
  | { readonly type: 'action-started'; readonly action: Action }
  | { readonly type: 'build-event'; readonly action: Action; readonly event: BuildEvent }
  | ({ readonly type: 'action-progress'; readonly action: Action } & ActionProgress)
  | { readonly type: 'action-ended'; readonly action: Action; readonly result: ActionResult }
  | { readonly type: 'stage-ended'; readonly stage: string; readonly status: StageStatus }
  | { readonly type: 'execution-ended'; readonly executionId: string; readonly status: StageStatus }
);

/** One action of an execution, and when it ran in virtual time. */
export interface ActionExecution {
  readonly action: Action;
  readonly result: ActionResult;
  readonly started: number;
  readonly ended: number;
  /** what it said of itself while it ran, in order */
  readonly progress: readonly (ActionProgress & { readonly at: number })[];
  /** the output of a CodeBuild action's commands, line by line */
  readonly log: readonly string[];
}

/** A whole execution. Stages after the first that failed have no actions in it. */
export interface ExecutionResult {
  readonly executionId: string;
  readonly commit: Commit;
  readonly status: StageStatus;
  readonly actions: readonly ActionExecution[];
}
