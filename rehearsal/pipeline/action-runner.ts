import type { Commit } from '../scratch/git';
import type { Artifacts } from './artifacts';
import type { BuildEvent, BuildResult } from './codebuild/build-event';
import type { Action, Pipeline } from './model';
import type { Variables } from './variables';

/** How an action ended. */
export type ActionResult =
  | {
      readonly type: 'succeeded';
      /** One sentence, as the console shows it. */
      readonly summary: string;
      /**
       * Id of the execution in the service that ran it.
       *
       * @default - it has none
       */
      readonly externalId?: string;
      /** The output variables, which later actions can read under the action's namespace. */
      readonly variables: Readonly<Record<string, string>>;
      /** @default - not a CodeBuild action */
      readonly build?: BuildResult;
    }
  | {
      readonly type: 'failed';
      /** CodePipeline's error code (API, `ErrorDetails`). */
      readonly code: 'JobFailed' | 'ConfigurationError' | 'PermissionError';
      /** The error message, as the console shows it. */
      readonly message: string;
      readonly externalId?: string;
      readonly build?: BuildResult;
    }
  /** The action was not run; the summary says what it would have done. */
  | { readonly type: 'reported'; readonly summary: string };

/** What an action reports while it runs, as the console shows it. */
export interface ActionProgress {
  /** @default - none */
  readonly summary?: string;
  /**
   * 0 to 100.
   *
   * @default - unknown
   */
  readonly percentComplete?: number;
  /**
   * Id of the execution in the service that runs it.
   *
   * @default - not known yet
   */
  readonly externalId?: string;
}

/** The execution that an action is part of, as far as the action needs it. */
export interface ActionContext {
  readonly pipeline: Pipeline;
  readonly executionId: string;
  readonly commit: Commit;
  readonly artifacts: Artifacts;
  readonly variables: Variables;
  /** Called with each event of a CodeBuild action's build. */
  readonly onBuildEvent: (event: BuildEvent) => void;
  readonly onProgress: (progress: ActionProgress) => void;
  /**
   * For a Lambda action: settled when all actions that run in parallel with it, other than Lambda actions, have ended.
   * Those actions take real time, so until then a Lambda action must not make virtual time pass by waiting. For all
   * other actions it is settled at once.
   */
  readonly parallelWork: Promise<unknown>;
}

/**
 * Runs the actions of one provider. A failure of an action is returned. A runner throws only when it cannot rehearse
 * the action, or an {@link UnresolvedVariable}, which the execution turns into a failure.
 */
export interface ActionRunner<A extends Action> {
  run(action: A, context: ActionContext): Promise<ActionResult>;
}

/** One runner for each type of action. */
export type ActionRunners = { readonly [Type in Action['type']]: ActionRunner<Extract<Action, { type: Type }>> };
