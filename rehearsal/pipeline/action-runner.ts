import type { Commit } from '../git';
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

/** What an action can know of the execution it is part of. */
export interface ActionContext {
  readonly pipeline: Pipeline;
  readonly executionId: string;
  readonly commit: Commit;
  readonly artifacts: Artifacts;
  readonly variables: Variables;
  /** tells those who watch what happens in a build */
  readonly onBuildEvent: (event: BuildEvent) => void;
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
