import type { FailureType } from './limits';

/** Details that a job worker reports of an action, while it runs or when it has ended (API, ExecutionDetails). */
export interface ExecutionDetails {
  readonly summary?: string;
  /** Percentage, 0 to 100. */
  readonly percentComplete?: number;
  readonly externalExecutionId?: string;
}

/** Result of a job: the action continues with another job, or it has ended. */
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

/** Action to which a job belongs. */
export interface JobOwner {
  readonly pipeline: string;
  readonly executionId: string;
  readonly stage: string;
  readonly action: string;
}

/** Request for a job, which is one invocation of a Lambda function for an action. */
export interface JobRequest extends JobOwner {
  /** FunctionName of the action's configuration. */
  readonly functionName: string;
  /** UserParameters of the action's configuration, at most 1,000 characters. */
  readonly userParameters?: string;
  /** Token that the previous job returned; undefined for the first job of an action. */
  readonly continuationToken?: string;
}

/** One invocation of a Lambda function for an action. */
export interface Job {
  readonly id: string;
  /** Event with which the function is invoked. */
  readonly event: JobEvent;
  /** Resolves with the result that the function sends through the API; never settles when it sends none. */
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
