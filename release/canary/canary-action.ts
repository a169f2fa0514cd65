import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { ReleaseClients } from '../aws/clients';
import { type ReleaseOutcome, succeeded } from '../outcome/outcome';
import { failureMessage } from '../render/failure-message';
import { releaseVariables } from '../render/shell-variables';
import { summary } from '../render/summary';
import { type Continuation, readContinuation, writeContinuation } from './continuation';
import { timeLimitReached } from './failures';
import { deploymentOf, Follower, type FollowStep } from './follower';
import { type CanaryParameters, readJob } from './job';
import { JobReply, type Progress } from './job-reply';

interface CanaryActionProps {
  /** Client in the pipeline's account and region. */
  readonly codePipeline: CodePipelineClient;
  /** @returns Clients that can read a release. */
  readonly clients: (parameters: CanaryParameters) => ReleaseClients;
  /** Milliseconds since the epoch, by the clock of Lambda. */
  readonly now: () => number;
  /** Writes a line to the function's log. */
  readonly log: (line: string) => void;
}

/** The part of Lambda's context object that the action uses. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Average milliseconds between two reads of AWS, however often CodePipeline invokes the function. */
const READ_INTERVAL = 30_000;

/**
 * Milliseconds by which an invocation may be early. When one invocation starts late, the next one comes less than 30
 * seconds after it, and must not be answered with the state of half a minute ago.
 */
const LEEWAY = 2_000;

/** Milliseconds of an invocation that are kept for the reply. */
const REPLY_RESERVE = 5_000;

/** Releases that are followed at the same time at most. One beyond that is only read afresh. */
const FOLLOWERS_LIMIT = 20;

/**
 * The Lambda function of the Canary action: CodePipeline invokes it repeatedly while a release runs, until it replies
 * with the outcome. Its memory only saves calls to AWS; nothing else depends on it.
 */
export class CanaryAction {
  readonly #props: CanaryActionProps;
  /** By stack and pipeline execution, the most recently used last. */
  readonly #followers = new Map<string, Follower>();

  constructor(props: CanaryActionProps) {
    this.#props = props;
  }

  /**
   * Replies to one job.
   *
   * @throws Every unexpected error: Lambda then retries twice, and after 20 minutes without a reply CodePipeline fails
   * the action.
   */
  async handle(event: unknown, context?: InvocationContext): Promise<void> {
    const { id, continuationToken, parameters } = readJob(event);
    const reply = new JobReply(this.#props.codePipeline, id);
    if (isProblems(parameters)) {
      const message = ['the Canary action is misconfigured:', ...parameters].join('\n');
      this.#props.log(message);
      return reply.failed('ConfigurationError', message);
    }
    const now = this.#props.now();
    const before = readContinuation(continuationToken, parameters, now + LEEWAY) ?? { began: now };
    const due = before.last ? before.last.at + READ_INTERVAL : now;
    if (before.last && now < due - LEEWAY) return reply.continues(continuationToken ?? '', before.last);

    const step = this.#limited(await this.#follow(parameters, before.began, context), parameters, before.began);
    this.#log(step, parameters);
    if (step.type === 'progress') {
      const progress = progressOf(step, before.last);
      const after: Continuation = { began: before.began, last: { at: Math.max(now, due), ...progress } };
      return reply.continues(writeContinuation(after, parameters), progress);
    }
    this.#followers.delete(keyOf(parameters));
    return conclude(reply, step.outcome, now);
  }

  /** Reads the release for as long as the invocation has time; a later reply would be lost. */
  async #follow(
    parameters: CanaryParameters,
    began: number,
    context: InvocationContext | undefined,
  ): Promise<FollowStep> {
    const step = this.#follower(parameters).follow(began);
    const time = context ? context.getRemainingTimeInMillis() - REPLY_RESERVE : undefined;
    const inTime = time === undefined ? await step : await within(time, step);
    if (inTime) return inTime;
    // The follower may be interrupted at any point, so the next invocation starts with a new one.
    this.#followers.delete(keyOf(parameters));
    return { type: 'progress', summary: 'following the release · AWS did not answer in time' };
  }

  #follower(parameters: CanaryParameters): Follower {
    const { codePipeline, clients, now, log } = this.#props;
    const key = keyOf(parameters);
    const follower =
      this.#followers.get(key) ??
      new Follower({ codePipeline, clients: clients(parameters), parameters, now, onWarning: log });
    this.#followers.delete(key);
    this.#followers.set(key, follower);
    const [oldest] = this.#followers.keys();
    if (this.#followers.size > FOLLOWERS_LIMIT && oldest !== undefined) this.#followers.delete(oldest);
    return follower;
  }

  /** Fails an action that runs for longer than a release can. */
  #limited(step: FollowStep, parameters: CanaryParameters, began: number): FollowStep {
    if (step.type === 'outcome' || this.#props.now() < began + parameters.minutes * 60_000) return step;
    return { type: 'outcome', outcome: timeLimitReached(step, parameters) };
  }

  #log(step: FollowStep, { stack, execution }: CanaryParameters): void {
    const text = step.type === 'progress' ? step.summary : summary(step.outcome, this.#props.now()).text;
    this.#props.log(`${stack} in ${execution}: ${text}`);
  }
}

function conclude(reply: JobReply, outcome: ReleaseOutcome, now: number): Promise<void> {
  const deployment = deploymentOf(outcome);
  if (!succeeded(outcome)) return reply.failed('JobFailed', failureMessage(outcome), deployment);
  const { text, percentComplete } = summary(outcome, now);
  const progress: Progress = {
    summary: text,
    percentComplete,
    ...(deployment ? { externalExecutionId: deployment } : {}),
  };
  return reply.succeeded(progress, { ...releaseVariables(outcome) });
}

/** A read that could not see the shifts keeps what an earlier one saw. */
function progressOf(step: Pick<Progress, 'summary'> & Partial<Progress>, last: Progress | undefined): Progress {
  const externalExecutionId = step.externalExecutionId ?? last?.externalExecutionId;
  return {
    summary: step.summary,
    percentComplete: step.percentComplete ?? last?.percentComplete ?? 0,
    ...(externalExecutionId ? { externalExecutionId } : {}),
  };
}

function isProblems(parameters: CanaryParameters | readonly string[]): parameters is readonly string[] {
  return Array.isArray(parameters);
}

function keyOf({ stack, region, execution }: CanaryParameters): string {
  return `${region} ${stack} ${execution}`;
}

/** @returns The result of the work; undefined when it takes longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  });
  // After the timeout nothing awaits the work, so its failure must not be an unhandled rejection.
  work.catch(() => {});
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
