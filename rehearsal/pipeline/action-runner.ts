import type { Commit } from '../scratch/git';
import type { Artifacts } from './artifacts';
import type { BuildEvent, BuildResult } from './codebuild/build-event';
import type { Action, Pipeline } from './model';
import type { Variables } from './variables';

/** What became of an action. */
export type ActionResult =
  | {
      readonly type: 'succeeded';
      /** one sentence, as the console shows it */
      readonly summary: string;
      /** the execution's name in the service that ran it; undefined if there is none */
      readonly externalId?: string;
      /** what later actions can read under the action's namespace */
      readonly variables: Readonly<Record<string, string>>;
      /** of a CodeBuild action */
      readonly build?: BuildResult;
    }
  | {
      readonly type: 'failed';
      /** CodePipeline's error code (API, `ErrorDetails`) */
      readonly code: 'JobFailed' | 'ConfigurationError';
      /** as the console shows it */
      readonly message: string;
      readonly externalId?: string;
      readonly build?: BuildResult;
    }
  /** not run: says what it would have done */
  | { readonly type: 'reported'; readonly summary: string };

/** What an action says of itself while it runs, as the console shows it. */
export interface ActionProgress {
  /** @default it says nothing */
  readonly summary?: string;
  /** 0 to 100, @default not known */
  readonly percentComplete?: number;
  /** the execution's name in the service that runs it, @default there is none yet */
  readonly externalId?: string;
}

/** What an action can know of the execution it is part of. */
export interface ActionContext {
  readonly pipeline: Pipeline;
  readonly executionId: string;
  readonly commit: Commit;
  readonly artifacts: Artifacts;
  readonly variables: Variables;
  /** tells those who watch what happens in a build */
  readonly onBuildEvent: (event: BuildEvent) => void;
  readonly onProgress: (progress: ActionProgress) => void;
  /**
   * Settled when the actions that run side by side with an invoked function, and are none themselves, have ended. They
   * work for real, so until then nobody may make virtual time pass just by waiting. For other kinds of actions it is
   * settled at once.
   */
  readonly others: Promise<unknown>;
}

/**
 * Runs the actions of one provider. Whatever an action can fail of is returned; it throws only if it cannot be rehearsed,
 * {@link UnresolvedVariable} apart, which the execution takes for a failure.
 */
export interface ActionRunner<A extends Action> {
  run(action: A, context: ActionContext): Promise<ActionResult>;
}

/** One runner for each kind of action. */
export type ActionRunners = { readonly [Type in Action['type']]: ActionRunner<Extract<Action, { type: Type }>> };
