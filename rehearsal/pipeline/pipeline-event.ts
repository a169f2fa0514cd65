import type { Commit } from '../scratch/git';
import type { ActionProgress, ActionResult } from './action-runner';
import type { BuildEvent } from './codebuild/build-event';
import type { Action } from './model';

/** How a stage or an execution ended, in CodePipeline's terms. */
export type StageStatus = 'Succeeded' | 'Failed';

/** An event of an execution. `at` is virtual time, in milliseconds since the epoch. */
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

/** An action of an execution. `started` and `ended` are virtual time, in milliseconds since the epoch. */
export interface ActionExecution {
  readonly action: Action;
  readonly result: ActionResult;
  readonly started: number;
  readonly ended: number;
  /** What the action reported while it ran, in order. */
  readonly progress: readonly (ActionProgress & { readonly at: number })[];
  /** Output lines of a CodeBuild action's commands. */
  readonly log: readonly string[];
}

/** The result of an execution. Actions that were not reached are not included. */
export interface ExecutionResult {
  readonly executionId: string;
  readonly commit: Commit;
  readonly status: StageStatus;
  readonly actions: readonly ActionExecution[];
}
