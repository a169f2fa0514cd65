import type { VirtualClock } from '../../../embedded-aws/clock';
import type { CodePipeline } from '../../../embedded-aws/codepipeline/codepipeline';
import type { ExecutionDetails, JobAnswer } from '../../../embedded-aws/codepipeline/job';
import { AwsError } from '../../../embedded-aws/errors';
import type { Lambda } from '../../../embedded-aws/lambda/lambda';
import type { ActionContext, ActionProgress, ActionResult, ActionRunner } from '../action-runner';
import type { ActionBase, LambdaAction } from '../model';

interface LambdaInvokeActionsProps {
  readonly clock: VirtualClock;
  /** @returns The services in the account and region of the action. */
  readonly region: (action: ActionBase) => {
    readonly codePipeline: Pick<CodePipeline, 'createJob' | 'abandonJob'>;
    readonly lambda: Pick<Lambda, 'invokeAsync'>;
  };
}

/** Milliseconds between a result with a continuation token and the next invocation. AWS does not document this time. */
const CONTINUATION_DELAY = 30_000;

/** Milliseconds until an invocation without result fails (CodePipeline user guide, "Invoke an AWS Lambda function"). */
const RESULT_TIMEOUT = 20 * 60_000;

/** Milliseconds until the action fails (same source). */
const ACTION_TIMEOUT = 24 * 60 * 60_000;

/**
 * Runs Invoke/Lambda actions. The function is invoked asynchronously, with Lambda's own retries, and reports its result
 * through CodePipeline's API. While its results contain a continuation token, it is invoked again with a new job.
 *
 * The action mostly waits. While other actions of its run order run, which take real time, it must not make virtual
 * time pass, or that would run ahead of them. Once they have ended, waiting makes virtual time pass.
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
    await Promise.race([work, context.parallelWork]);
    return ended ? work : clock.spawn(() => clock.waitFor(work));
  }

  async #follow(action: LambdaAction, context: ActionContext, userParameters?: string): Promise<ActionResult> {
    const { clock } = this.#props;
    const deadline = clock.now() + ACTION_TIMEOUT;
    let continuationToken: string | undefined;
    for (;;) {
      const timeout = Math.min(RESULT_TIMEOUT, deadline - clock.now());
      const answer = await this.#job(action, context, { userParameters, continuationToken }, timeout);
      if (typeof answer === 'string') return failed(clock.now() < deadline ? answer : TIMED_OUT);
      if (answer.type === 'failed') return failed(answer.failure.message, answer.failure.externalExecutionId);
      const { summary = `Function ${action.functionName} succeeded`, ...progress } = progressOf(answer.details);
      if (answer.type === 'succeeded') {
        const { externalId } = progress;
        return { type: 'succeeded', summary, ...(externalId && { externalId }), variables: answer.outputVariables };
      }
      context.onProgress(progressOf(answer.details));
      continuationToken = answer.continuationToken;
      if (clock.now() + CONTINUATION_DELAY >= deadline) return failed(TIMED_OUT);
      await clock.sleep(CONTINUATION_DELAY);
    }
  }

  /**
   * Invokes the function for one job.
   *
   * @returns The function's result, or a message why there is none.
   */
  async #job(
    action: LambdaAction,
    { pipeline, executionId }: ActionContext,
    input: { readonly userParameters: string | undefined; readonly continuationToken: string | undefined },
    timeout: number,
  ): Promise<JobAnswer | string> {
    const { codePipeline, lambda } = this.#props.region(action);
    const { functionName, stage, name } = action;
    const { id, event, answer } = codePipeline.createJob({
      functionName,
      pipeline: pipeline.name,
      executionId,
      stage,
      action: name,
      ...(input.userParameters !== undefined && { userParameters: input.userParameters }),
      ...(input.continuationToken !== undefined && { continuationToken: input.continuationToken }),
    });
    try {
      // Not awaited: Lambda retries by itself when the function fails, and only the reported result counts.
      void lambda.invokeAsync(functionName, JSON.stringify(event));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return `The AWS Lambda function ${functionName} cannot be invoked: ${error.message}`;
    }
    const answered = await this.#within(answer, timeout);
    if (answered) return answered;
    codePipeline.abandonJob(id);
    return noResult(functionName);
  }

  /** @returns The value of a promise. Undefined when it is not settled after that time. */
  async #within<T>(promise: Promise<T>, duration: number): Promise<T | undefined> {
    const { clock } = this.#props;
    const passed = clock.spawn(() => clock.sleep(duration), { daemon: true });
    return clock.waitFor(Promise.race([promise, passed.then(() => undefined)]));
  }
}

const TIMED_OUT = 'The action has not ended within 24 hours.';

/** @returns The error message of CodePipeline, as users quote it. */
function noResult(functionName: string): string {
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
