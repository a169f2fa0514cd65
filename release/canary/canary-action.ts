import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { ReleaseClients } from '../aws/clients';
import { type ReleaseOutcome, succeeded } from '../outcome/outcome';
import { failureMessage } from '../render/failure-message';
import { releaseVariables } from '../render/shell-variables';
import { summary } from '../render/summary';
import { type Continuation, readContinuation, writeContinuation } from './continuation';
import { givenUp } from './failures';
import { deploymentOf, Follower, type Look } from './follower';
import { type CanaryParameters, readJob } from './job';
import { JobReply } from './job-reply';
import type { Progress } from './progress';

/** What the action asks of the world around it. */
export interface CanaryActionProps {
  /** of the pipeline's own account and region */
  readonly codePipeline: CodePipelineClient;
  /** @returns clients that may look at a release */
  readonly clients: (parameters: CanaryParameters) => ReleaseClients;
  /** milliseconds since the epoch, by AWS's clock: Lambda's own */
  readonly now: () => number;
  /** writes a line for people who look for what went wrong */
  readonly log: (line: string) => void;
}

/** What Lambda tells a function of its invocation. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Milliseconds between two looks at AWS on an average, however often CodePipeline calls. */
const PACE = 30_000;

/**
 * A call may come so much too early, in milliseconds: one that CodePipeline makes every 30 seconds is some milliseconds
 * early whenever the one before began late, and must not be answered with what was seen half a minute ago.
 */
const LEEWAY = 2_000;

/** Kept back of an invocation's time for the answer, in milliseconds. */
const FOR_THE_ANSWER = 5_000;

/** Releases that are followed at the same time, at the most; one that is forgotten is only read anew. */
const FOLLOWED = 20;

/**
 * The Canary action's Lambda function: CodePipeline calls it again and again while a release goes on, and gets the verdict
 * at last. What it keeps in memory spares calls to AWS, and nothing else depends on it.
 */
export class CanaryAction {
  /** by stack and pipeline execution, the one that was looked at last at the end */
  readonly #followers = new Map<string, Follower>();

  constructor(private readonly props: CanaryActionProps) {}

  /**
   * Answers one job.
   *
   * @throws whatever nobody could foresee: Lambda tries twice more then, and after 20 minutes of silence CodePipeline ends
   * the action
   */
  async handle(event: unknown, context?: InvocationContext): Promise<void> {
    const { id, continuationToken, parameters } = readJob(event);
    const reply = new JobReply(this.props.codePipeline, id);
    if (isProblems(parameters)) {
      const message = ['the Canary action is not configured as it has to be:', ...parameters].join('\n');
      this.props.log(message);
      return reply.failed('ConfigurationError', message);
    }
    const now = this.props.now();
    const before = readContinuation(continuationToken, parameters, now + LEEWAY) ?? { began: now };
    const due = before.last ? before.last.at + PACE : now;
    if (before.last && now < due - LEEWAY) return reply.continues(continuationToken ?? '', before.last);

    const look = this.#bounded(await this.#look(parameters, before.began, context), parameters, before.began);
    this.#tell(look, parameters);
    if (look.type === 'progress') {
      const progress = progressOf(look, before.last);
      const after: Continuation = { began: before.began, last: { at: Math.max(now, due), ...progress } };
      return reply.continues(writeContinuation(after, parameters), progress);
    }
    this.#followers.delete(keyOf(parameters));
    return conclude(reply, look.outcome, now);
  }

  /** Looks for as long as the invocation may take: an answer that comes too late is none. */
  async #look(parameters: CanaryParameters, began: number, context: InvocationContext | undefined): Promise<Look> {
    const look = this.#follower(parameters).look(began);
    const time = context ? context.getRemainingTimeInMillis() - FOR_THE_ANSWER : undefined;
    const inTime = time === undefined ? await look : await within(time, look);
    if (inTime) return inTime;
    // It may be anywhere in its work, so the next look begins with another one.
    this.#followers.delete(keyOf(parameters));
    return { type: 'progress', summary: 'following the release · AWS did not answer in time' };
  }

  #follower(parameters: CanaryParameters): Follower {
    const { codePipeline, clients, now, log } = this.props;
    const key = keyOf(parameters);
    const follower =
      this.#followers.get(key) ??
      new Follower({ codePipeline, clients: clients(parameters), parameters, now, onWarning: log });
    this.#followers.delete(key);
    this.#followers.set(key, follower);
    const [oldest] = this.#followers.keys();
    if (this.#followers.size > FOLLOWED && oldest !== undefined) this.#followers.delete(oldest);
    return follower;
  }

  /** An action that goes on for longer than a release can is given up, and is no success. */
  #bounded(look: Look, parameters: CanaryParameters, began: number): Look {
    if (look.type === 'verdict' || this.props.now() < began + parameters.minutes * 60_000) return look;
    return { type: 'verdict', outcome: givenUp(look, parameters) };
  }

  #tell(look: Look, { stack, execution }: CanaryParameters): void {
    const said = look.type === 'progress' ? look.summary : summary(look.outcome, this.props.now()).text;
    this.props.log(`${stack} in ${execution}: ${said}`);
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

/** A look that saw nothing of the shifts takes nothing back of what an earlier one saw. */
function progressOf(look: Pick<Progress, 'summary'> & Partial<Progress>, last: Progress | undefined): Progress {
  const externalExecutionId = look.externalExecutionId ?? last?.externalExecutionId;
  return {
    summary: look.summary,
    percentComplete: look.percentComplete ?? last?.percentComplete ?? 0,
    ...(externalExecutionId ? { externalExecutionId } : {}),
  };
}

function isProblems(parameters: CanaryParameters | readonly string[]): parameters is readonly string[] {
  return Array.isArray(parameters);
}

function keyOf({ stack, region, execution }: CanaryParameters): string {
  return `${region} ${stack} ${execution}`;
}

/** @returns undefined when the time was over before */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  });
  // Nobody waits for it any more once the time is over.
  work.catch(() => {});
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
