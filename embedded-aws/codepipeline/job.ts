import type { FailureType } from './limits';

/** What a job worker tells of an action while it runs or when it has ended (API, ExecutionDetails). */
export interface ExecutionDetails {
  readonly summary?: string;
  /** 0 to 100. */
  readonly percentComplete?: number;
  readonly externalExecutionId?: string;
}

/** What became of one job: the action goes on with another job, or it has ended. */
export type JobAnswer =
  | { readonly type: 'continues'; readonly continuationToken: string; readonly details: ExecutionDetails }
  | {
      readonly type: 'succeeded';
      readonly details: ExecutionDetails;
      readonly outputVariables: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'failed';
      readonly failure: { readonly type: FailureType; readonly message: string; readonly externalExecutionId?: string };
    };

/** An action of which a job is a part. */
export interface JobOwner {
  readonly pipeline: string;
  readonly executionId: string;
  readonly stage: string;
  readonly action: string;
}

/** Asks for one call of a Lambda function on behalf of an action. */
export interface JobRequest extends JobOwner {
  /** As the action's configuration has it. */
  readonly functionName: string;
  /** At most 1,000 characters. */
  readonly userParameters?: string;
  /** What the job before this one handed on; absent for an action's first job. */
  readonly continuationToken?: string;
}

/** One call of a Lambda function on behalf of an action. */
export interface Job {
  readonly id: string;
  /** What the function is invoked with. */
  readonly event: JobEvent;
  /** Settles with the function's reply through the API; never if there is none. */
  readonly answer: Promise<JobAnswer>;
}

/** The event of a Lambda invoke action (user guide, "Lambda invoke action reference", example JSON event). */
export interface JobEvent {
  readonly 'CodePipeline.job': {
    readonly id: string;
    readonly accountId: string;
    readonly data: {
      readonly actionConfiguration: {
        readonly configuration: { readonly FunctionName: string; readonly UserParameters?: string };
      };
      readonly inputArtifacts: readonly [];
      readonly outputArtifacts: readonly [];
      readonly artifactCredentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string;
        /** Milliseconds since the epoch. */
        readonly expirationTime: number;
      };
      readonly continuationToken?: string;
    };
  };
}
