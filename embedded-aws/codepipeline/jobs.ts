import type { VirtualClock } from '../clock';
import { AwsError } from '../errors';
import type { Input } from '../protocol/input';
import type { Random } from '../random';
import type { Scope } from '../scope';
import type { ExecutionDetails, Job, JobAnswer, JobOwner, JobRequest } from './job';
import { checkFailure, checkSuccess, Validation } from './limits';

interface OpenJob {
  readonly owner: JobOwner;
  state: 'InProgress' | 'Ended';
  readonly settle: (answer: JobAnswer) => void;
}

interface JobsProps {
  readonly scope: Scope;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Called with every result, before the job's `answer` resolves. */
  readonly onAnswer: (owner: JobOwner, answer: JobAnswer) => void;
}

/** Lifetime of the credentials in a job's event, in milliseconds. */
const CREDENTIALS_LIFETIME = 3_600_000;

/** The jobs of Lambda invoke actions; each accepts one result. */
export class Jobs {
  readonly #jobs = new Map<string, OpenJob>();

  readonly #props: JobsProps;

  constructor(props: JobsProps) {
    this.#props = props;
  }

  /** @throws AwsError ValidationException when the user parameters are too long. */
  create({ functionName, userParameters, continuationToken, ...owner }: JobRequest): Job {
    new Validation().text(userParameters, 'configuration.UserParameters', { min: 0, max: 1_000 }).check();
    const { scope, clock, random } = this.#props;
    const id = random.uuid();
    const answer = new Promise<JobAnswer>((settle) => {
      this.#jobs.set(id, { owner, state: 'InProgress', settle });
    });
    const event = {
      'CodePipeline.job': {
        id,
        accountId: scope.accountId,
        data: {
          actionConfiguration: {
            configuration: {
              FunctionName: functionName,
              ...(userParameters !== undefined && { UserParameters: userParameters }),
            },
          },
          inputArtifacts: [] as const,
          outputArtifacts: [] as const,
          artifactCredentials: {
            accessKeyId: `ASIA${random.text(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
            secretAccessKey: random.text(40),
            sessionToken: random.text(64),
            expirationTime: clock.now() + CREDENTIALS_LIFETIME,
          },
          ...(continuationToken !== undefined && { continuationToken }),
        },
      },
    };
    return { id, event, answer };
  }

  /** Ends a job that has not sent its result in time; a later result is refused. */
  abandon(id: string): void {
    this.#require(id).state = 'Ended';
  }

  /**
   * Accepts the result of PutJobSuccessResult.
   *
   * @throws AwsError as the operation does.
   */
  succeed(input: Input): void {
    checkSuccess(input);
    const { jobId, continuationToken, executionDetails = {}, outputVariables = {} } = input;
    const { summary, percentComplete, externalExecutionId } = executionDetails;
    const details: ExecutionDetails = {
      ...(summary !== undefined && { summary }),
      ...(percentComplete !== undefined && { percentComplete }),
      ...(externalExecutionId !== undefined && { externalExecutionId }),
    };
    this.#answer(
      jobId,
      continuationToken === undefined
        ? { type: 'succeeded', details, outputVariables }
        : { type: 'continues', continuationToken, details },
    );
  }

  /**
   * Accepts the result of PutJobFailureResult.
   *
   * @throws AwsError as the operation does.
   */
  fail(input: Input): void {
    checkFailure(input);
    const { type, message, externalExecutionId } = input.failureDetails;
    const failure = { type, message, ...(externalExecutionId !== undefined && { externalExecutionId }) };
    this.#answer(input.jobId, { type: 'failed', failure });
  }

  #answer(id: string, answer: JobAnswer): void {
    const job = this.#require(id);
    if (job.state === 'Ended') {
      throw new AwsError('InvalidJobStateException', `Job ${id} is not in progress`);
    }
    job.state = 'Ended';
    this.#props.onAnswer(job.owner, answer);
    job.settle(answer);
  }

  #require(id: string): OpenJob {
    const job = this.#jobs.get(id);
    if (!job) throw new AwsError('JobNotFoundException', `Job with id ${id} does not exist`);
    return job;
  }
}
