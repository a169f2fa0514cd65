import type { ActionContext, ActionResult, ActionRunner } from '../action-runner';
import type { Action, BuildAction } from '../model';
import type { PipelineAccess } from '../pipeline-access';

/** Runs actions whose role, or the pipeline's, has the permissions that they need. Every other fails as on AWS. */
export class AuthorizedActions<A extends Action> implements ActionRunner<A> {
  readonly #runner: ActionRunner<A>;
  readonly #access: PipelineAccess;

  constructor(runner: ActionRunner<A>, access: PipelineAccess) {
    this.#runner = runner;
    this.#access = access;
  }

  async run(action: A, context: ActionContext): Promise<ActionResult> {
    const denial = this.#access.check(action);
    if (denial) return { type: 'failed', code: 'PermissionError', message: denial.message };
    return this.#runner.run(action, context);
  }
}

/**
 * Runs builds under the role of their project. Without the permissions for its log and its artifacts, a build fails;
 * without those for the cache or for reports, it does without them, as on AWS. All are checked before the build starts,
 * on AWS when they are needed.
 */
export class AuthorizedBuilds implements ActionRunner<BuildAction> {
  readonly #runner: ActionRunner<BuildAction>;
  readonly #access: PipelineAccess;

  constructor(runner: ActionRunner<BuildAction>, access: PipelineAccess) {
    this.#runner = runner;
    this.#access = access;
  }

  async run(action: BuildAction, context: ActionContext): Promise<ActionResult> {
    const denial = this.#access.checkBuild(action);
    if (denial) return { type: 'failed', code: 'JobFailed', message: `ACCESS_DENIED: ${denial.message}` };
    const { project } = action;
    const cache = this.#access.mayCache(project) ? project.cache : undefined;
    const result = await this.#runner.run({ ...action, project: { ...project, cache } }, context);
    if (result.type === 'reported' || !result.build) return result;
    const reports = result.build.reports.filter(({ group }) => this.#access.mayReport(project, group));
    return { ...result, build: { ...result.build, reports } };
  }
}
