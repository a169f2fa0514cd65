import {
  type CodePipelineClient,
  type FailureType,
  InvalidJobStateException,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { FAILURE_LIMIT } from '../render/failure-message';
import { cut, shorten } from '../render/shorten';
import { SUMMARY_LIMIT } from '../render/summary';
import type { Progress } from './progress';

/**
 * Answers one job of CodePipeline. A job that has its answer already, because Lambda calls a function twice now and then, is
 * fine as it is.
 */
export class JobReply {
  constructor(
    private readonly client: CodePipelineClient,
    private readonly jobId: string,
  ) {}

  /** The action goes on: CodePipeline calls again, with the token. */
  continues(continuationToken: string, progress: Progress): Promise<void> {
    const { jobId } = this;
    const executionDetails = details(progress);
    return once(() => this.client.send(new PutJobSuccessResultCommand({ jobId, continuationToken, executionDetails })));
  }

  /** @param outputVariables what later actions may use */
  succeeded(progress: Progress, outputVariables: Readonly<Record<string, string>>): Promise<void> {
    const { jobId } = this;
    const executionDetails = details(progress);
    return once(() =>
      this.client.send(
        new PutJobSuccessResultCommand({ jobId, executionDetails, outputVariables: { ...outputVariables } }),
      ),
    );
  }

  /** @param message all that people get to see: a failure has no summary and no variables */
  failed(type: FailureType, message: string, externalExecutionId?: string): Promise<void> {
    const failureDetails = { type, message: shorten(message, FAILURE_LIMIT), externalExecutionId };
    return once(() => this.client.send(new PutJobFailureResultCommand({ jobId: this.jobId, failureDetails })));
  }
}

function details({ summary, percentComplete, externalExecutionId }: Progress) {
  return { summary: cut(summary, SUMMARY_LIMIT), percentComplete, externalExecutionId };
}

async function once(answer: () => Promise<unknown>): Promise<void> {
  try {
    await answer();
  } catch (error) {
    if (!(error instanceof InvalidJobStateException)) throw error;
  }
}
