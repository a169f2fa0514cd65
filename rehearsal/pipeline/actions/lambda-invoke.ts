import type { VirtualClock } from '../../../embedded-aws/clock';
import type { CodePipeline } from '../../../embedded-aws/codepipeline/codepipeline';
import type { ExecutionDetails, JobAnswer } from '../../../embedded-aws/codepipeline/job';
import { AwsError } from '../../../embedded-aws/errors';
import type { Lambda } from '../../../embedded-aws/lambda/lambda';
import type { ActionContext, ActionProgress, ActionResult, ActionRunner } from '../action-runner';
import type { ActionBase, LambdaAction } from '../model';

export interface LambdaInvokeActionsProps {
  readonly clock: VirtualClock;
  /** @returns the services in the account and region of the action */
  readonly region: (action: ActionBase) => {
    readonly codePipeline: Pick<CodePipeline, 'createJob' | 'abandonJob'>;
    readonly lambda: Pick<Lambda, 'invokeAsync'>;
  };
}

/** In milliseconds. AWS doesn't say at which pace CodePipeline invokes a function again that goes on. */
const PACE = 30_000;

/** In milliseconds (CodePipeline user guide, "Invoke an AWS Lambda function in a pipeline"). */
const SILENCE = 20 * 60_000;
const LONGEST = 24 * 60 * 60_000;

/**
 * Invoke/Lambda actions: the function is invoked asynchronously, with Lambda's own retries, and answers by CodePipeline's
 * API. As long as its answer holds a continuation token it is invoked again, with a new job.
 *
 * An action only waits, so it lives in the virtual time that others make pass: those beside it work for real in between,
 * and time that passed for the mere waiting would race ahead of them. Once they have ended, it makes time pass itself.
 */
export class LambdaInvokeActions implements ActionRunner<LambdaAction> {
  readonly #props: LambdaInvokeActionsProps;

  constructor(props: LambdaInvokeActionsProps) {
    this.#props = props;
  }

  async run(action: LambdaAction, context: ActionContext): Promise<ActionResult> {
    const { clock } = this.#props;
    const userParameters = action.userParameters && context.variables.resolve(action.userParameters);
    let ended = false;
    const work = clock
      .spawn(() => this.#follow(action, context, userParameters), { daemon: true })
      .finally(() => {
        ended = true;
      });
    await Promise.race([work, context.others]);
    return ended ? work : clock.spawn(() => clock.waitFor(work));
  }

  async #follow(action: LambdaAction, context: ActionContext, userParameters?: string): Promise<ActionResult> {
    const { clock } = this.#props;
    const deadline = clock.now() + LONGEST;
    let continuationToken: string | undefined;
    for (;;) {
      const patience = Math.min(SILENCE, deadline - clock.now());
      const answer = await this.#job(action, context, { userParameters, continuationToken }, patience);
      if (typeof answer === 'string') return failed(clock.now() < deadline ? answer : TIMED_OUT);
      if (answer.type === 'failed') return failed(answer.failure.message, answer.failure.externalExecutionId);
      const { summary = `Function ${action.functionName} succeeded`, ...progress } = progressOf(answer.details);
      if (answer.type === 'succeeded') {
        const { externalId } = progress;
        return { type: 'succeeded', summary, ...(externalId && { externalId }), variables: answer.outputVariables };
      }
      context.onProgress(progressOf(answer.details));
      continuationToken = answer.continuationToken;
      if (clock.now() + PACE >= deadline) return failed(TIMED_OUT);
      await clock.sleep(PACE);
    }
  }

  /** Has the function do one job. @returns its answer, or why there is none */
  async #job(
    action: LambdaAction,
    { pipeline, executionId }: ActionContext,
    told: { readonly userParameters: string | undefined; readonly continuationToken: string | undefined },
    patience: number,
  ): Promise<JobAnswer | string> {
    const { codePipeline, lambda } = this.#props.region(action);
    const { functionName, stage, name } = action;
    const { id, event, answer } = codePipeline.createJob({
      functionName,
      pipeline: pipeline.name,
      executionId,
      stage,
      action: name,
      ...(told.userParameters !== undefined && { userParameters: told.userParameters }),
      ...(told.continuationToken !== undefined && { continuationToken: told.continuationToken }),
    });
    try {
      // It tries again by itself when the function fails; what counts is the answer.
      void lambda.invokeAsync(functionName, JSON.stringify(event));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return `The AWS Lambda function ${functionName} cannot be invoked: ${error.message}`;
    }
    const answered = await this.#within(answer, patience);
    if (answered) return answered;
    codePipeline.abandonJob(id);
    return silence(functionName);
  }

  /** @returns what a promise gives, or undefined when so much time has passed */
  async #within<T>(promise: Promise<T>, duration: number): Promise<T | undefined> {
    const { clock } = this.#props;
    const passed = clock.spawn(() => clock.sleep(duration), { daemon: true });
    return clock.waitFor(Promise.race([promise, passed.then(() => undefined)]));
  }
}

const TIMED_OUT = 'The action has not ended within 24 hours.';

/** CodePipeline's own words, as its users quote them. */
function silence(functionName: string): string {
  return `The AWS Lambda function ${functionName} failed to return a result. Check the function to verify that it has permission to call the PutJobSuccessResult action and that it completed successfully.`;
}

function progressOf({ summary, percentComplete, externalExecutionId }: ExecutionDetails): ActionProgress {
  return {
    ...(summary !== undefined && { summary }),
    ...(percentComplete !== undefined && { percentComplete }),
    ...(externalExecutionId !== undefined && { externalId: externalExecutionId }),
  };
}

function failed(message: string, externalId?: string): ActionResult {
  return { type: 'failed', code: 'JobFailed', message, ...(externalId !== undefined && { externalId }) };
}
