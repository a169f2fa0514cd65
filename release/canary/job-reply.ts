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

/** What the action shows while it runs. */
export interface Progress {
  readonly summary: string;
  /** 0 to 99. */
  readonly percentComplete: number;
  /** Id of the CodeDeploy deployment. @default - none is known yet */
  readonly externalExecutionId?: string;
}

/**
 * Replies to one job of CodePipeline. A job that already has its reply is left as it is, because Lambda sometimes
 * invokes a function twice.
 */
export class JobReply {
  readonly #client: CodePipelineClient;
  readonly #jobId: string;

  constructor(client: CodePipelineClient, jobId: string) {
    this.#client = client;
    this.#jobId = jobId;
  }

  /** The action continues: CodePipeline invokes the function again, with the token. */
  continues(continuationToken: string, progress: Progress): Promise<void> {
    const executionDetails = details(progress);
    const result = { jobId: this.#jobId, continuationToken, executionDetails };
    return ignoreRepeated(() => this.#client.send(new PutJobSuccessResultCommand(result)));
  }

  /** @param outputVariables Variables that later actions may use. */
  succeeded(progress: Progress, outputVariables: Readonly<Record<string, string>>): Promise<void> {
    const executionDetails = details(progress);
    const result = { jobId: this.#jobId, executionDetails, outputVariables: { ...outputVariables } };
    return ignoreRepeated(() => this.#client.send(new PutJobSuccessResultCommand(result)));
  }

  /** @param message All that people get to see: a failed action has no summary and no variables. */
  failed(type: FailureType, message: string, externalExecutionId?: string): Promise<void> {
    const failureDetails = { type, message: shorten(message, FAILURE_LIMIT), externalExecutionId };
    const result = { jobId: this.#jobId, failureDetails };
    return ignoreRepeated(() => this.#client.send(new PutJobFailureResultCommand(result)));
  }
}

function details({ summary, percentComplete, externalExecutionId }: Progress) {
  return { summary: cut(summary, SUMMARY_LIMIT), percentComplete, externalExecutionId };
}

async function ignoreRepeated(reply: () => Promise<unknown>): Promise<void> {
  try {
    await reply();
  } catch (error) {
    if (!(error instanceof InvalidJobStateException)) throw error;
  }
}
