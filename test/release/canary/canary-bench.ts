import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { JobAnswer } from '../../../embedded-aws/codepipeline/job';
import { CanaryAction, type InvocationContext } from '../../../release/canary/canary-action';
import { takeBaseline } from '../../../release/collect/baseline';
import { collect } from '../../../release/collect/collect';
import { Ledger, type ReleaseRecord } from '../../../release/ledger/ledger';
import { recordConclusion } from '../../../release/ledger/record-conclusion';
import { judge } from '../../../release/outcome/judge';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import { refusing } from '../guarded-shop';
import { makeLedger } from '../ledger/ledger-stack';
import { SmallAccount, scope, target } from '../small-account';

const pipeline = 'PipelineStack';

/** What Deploy does in addition to changing the stack. */
interface DeployProps {
  /** @default - 'Deploy:' and the id of the pipeline execution */
  readonly build?: string;
  /** Whether it records its release when it begins. @default true */
  readonly begins?: boolean;
  /** Whether it records the outcome. @default true */
  readonly concludes?: boolean;
  /** How its action ends. @default - as the release does */
  readonly ends?: 'SUCCEEDED' | 'FAILED' | 'ABANDONED';
}

/** A pipeline execution in the embedded AWS with a simulated Deploy and the real Canary action. */
export class CanaryBench {
  readonly account: SmallAccount;
  readonly codePipeline: CodePipelineClient;
  /** Every line that the action logged. */
  readonly logged: string[] = [];
  /** Names of the calls that the action made to AWS, and when. */
  readonly calls: { readonly name: string; readonly at: number }[] = [];
  action: CanaryAction;
  /** How often the action created clients: once for each release that it follows. */
  made = 0;
  #execution = 0;
  #token: string | undefined;
  #lastDeployment: string | undefined;
  #attempts = 0;
  #isCanary = false;

  private constructor(account: SmallAccount, codePipeline: CodePipelineClient) {
    this.account = account;
    this.codePipeline = codePipeline;
    this.action = this.newAction();
  }

  static async open(): Promise<CanaryBench> {
    let bench: CanaryBench | undefined;
    const account = await SmallAccount.open(({ service, request: { headers, path, method, body } }) => {
      const action = headers['x-amz-target']?.split('.').at(-1) ?? /Action=(\w+)/.exec(body.toString())?.[1];
      bench?.count(action ?? path.split('/operation/')[1] ?? `${method} ${service} ${path}`);
    });
    await makeLedger(account);
    const { endpoint, credentials } = account.clients.cloudFormation.config;
    const client = new CodePipelineClient({ region: scope.region, endpoint: endpoint!, credentials });
    bench = new CanaryBench(account, client);
    bench.push();
    return bench;
  }

  /** Id of the pipeline execution. */
  get execution(): string {
    return `0f4e6a1c-0000-4000-8000-${String(this.#execution).padStart(12, '0')}`;
  }

  /** Starts another pipeline execution, with a new Canary action. */
  push(): void {
    this.#execution += 1;
    this.#token = undefined;
    this.#lastDeployment = undefined;
    this.action = this.newAction();
    this.logged.length = 0;
    this.calls.length = 0;
    this.made = 0;
    this.account.region.codePipeline.executionChanged({ pipeline, executionId: this.execution, state: 'STARTED' });
  }

  get ledger(): Ledger {
    return new Ledger(this.account.clients.dynamoDb, target.stackName, this.now);
  }

  readonly now = (): number => this.account.clock.now();

  /** @returns An action without memory, as after a cold start. */
  newAction(): CanaryAction {
    return new CanaryAction({
      codePipeline: this.codePipeline,
      clients: () => {
        this.made += 1;
        return this.account.clients;
      },
      now: this.now,
      log: (line) => this.logged.push(line),
    });
  }

  count(name: string): void {
    if (this.#isCanary) this.calls.push({ name, at: this.now() });
  }

  /**
   * Simulates Deploy with `work` in place of `sls deploy`.
   *
   * @returns The outcome of the release.
   */
  deploy(work: () => Promise<unknown>, props: DeployProps = {}): Promise<ReleaseOutcome> {
    const { build = `Deploy:${this.execution}`, begins = true, concludes = true, ends } = props;
    const { clock, clients } = this.account;
    return clock.spawn(async () => {
      const actionExecutionId = this.deployChanged('STARTED', { externalExecutionId: build });
      const record = await this.record(build);
      if (begins) await this.ledger.begin(record);
      const failure = await clock.waitFor(
        work().then(
          () => undefined,
          (error: unknown) => error,
        ),
      );
      const deployed = !failure && /^(CREATE|UPDATE)_COMPLETE$/.test(this.account.status ?? '');
      const outcome = judge(await collect(clients, record.baseline, { now: this.now }), { deployed });
      if (concludes) await recordConclusion(clients, record, outcome, new Date(this.now()).toISOString());
      this.deployChanged(ends ?? (deployed ? 'SUCCEEDED' : 'FAILED'), { actionExecutionId });
      return outcome;
    });
  }

  /** @returns The id of the action execution. */
  deployChanged(
    state: 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'ABANDONED',
    {
      actionExecutionId,
      externalExecutionId,
      stage = 'prod',
    }: { readonly actionExecutionId?: string; readonly externalExecutionId?: string; readonly stage?: string } = {},
  ): string {
    if (!actionExecutionId) this.#attempts += 1;
    const id = actionExecutionId ?? `deploy-${this.#attempts}`;
    this.account.region.codePipeline.actionChanged({
      pipeline,
      executionId: this.execution,
      actionExecutionId: id,
      stage,
      action: 'Deploy',
      category: 'Build',
      provider: 'CodeBuild',
      state,
      ...(externalExecutionId ? { externalExecutionId } : {}),
      ...(state === 'FAILED' ? { error: { code: 'JobFailed', message: 'Build terminated with state: FAILED' } } : {}),
    });
    return id;
  }

  /** The record of Deploy's release. */
  async record(build = `Deploy:${this.execution}`): Promise<ReleaseRecord> {
    const baseline = await takeBaseline(this.account.clients, target.stackName);
    const committedAt = new Date(this.now() - 600_000).toISOString();
    return { build, began: new Date(this.now()).toISOString(), execution: this.execution, committedAt, baseline };
  }

  userParameters(change: object = {}): string {
    return JSON.stringify({
      stack: target.stackName,
      region: scope.region,
      role: `arn:aws:iam::${scope.accountId}:role/release/shop-prod-watch`,
      pipeline,
      stage: 'prod',
      action: 'Deploy',
      execution: this.execution,
      minutes: 60,
      ...change,
    });
  }

  /** Continuation token of the last reply. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Id of the CodeDeploy deployment that the action named last. */
  get lastDeployment(): string | undefined {
    return this.#lastDeployment;
  }

  /** Lets CodePipeline create a job for the action. */
  job(continuationToken = this.#token, userParameters = this.userParameters()) {
    return this.account.region.codePipeline.createJob({
      functionName: `${pipeline}-canary`,
      userParameters,
      ...(continuationToken === undefined ? {} : { continuationToken }),
      pipeline,
      executionId: this.execution,
      stage: 'prod',
      action: 'Canary',
    });
  }

  /**
   * Invokes the action, by default with the token of the last reply.
   *
   * @returns Its reply.
   */
  async call(continuationToken?: string, userParameters?: string, context?: InvocationContext): Promise<JobAnswer> {
    const job = this.job(continuationToken ?? this.#token, userParameters);
    await this.#asCanary(() => this.action.handle(job.event, context));
    const answer = await Promise.race([job.answer, Promise.resolve(undefined)]);
    if (!answer) throw new Error('the action did not reply to its job');
    this.#token = answer.type === 'continues' ? answer.continuationToken : undefined;
    if (answer.type === 'continues') this.#lastDeployment = answer.details.externalExecutionId;
    return answer;
  }

  /**
   * Invokes the action as CodePipeline does, every half minute, until it has ended.
   *
   * @returns All replies.
   */
  follow(onCall: (index: number) => void = () => {}): Promise<JobAnswer[]> {
    return this.account.clock.spawn(async () => {
      const answers: JobAnswer[] = [];
      for (;;) {
        onCall(answers.length);
        answers.push(await this.call());
        if (answers.at(-1)?.type !== 'continues') return answers;
        await this.account.clock.sleep(30_000);
      }
    });
  }

  /**
   * Lets AWS refuse calls before anything is sent.
   *
   * @param errors Names of errors, by command.
   */
  refusing<T>(errors: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
    return refusing({ ...this.account.clients, codePipeline: this.codePipeline } as never, errors, work);
  }

  async close(): Promise<void> {
    this.codePipeline.destroy();
    await this.account.close();
  }

  async #asCanary(work: () => Promise<void>): Promise<void> {
    this.#isCanary = true;
    try {
      await work();
    } finally {
      this.#isCanary = false;
    }
  }
}

/** @returns What the action showed, reply by reply, without repetitions. */
export function said(answers: readonly JobAnswer[]): string[] {
  const texts = answers.map((answer) =>
    answer.type === 'failed' ? (answer.failure.message.split('\n')[0] ?? '') : (answer.details.summary ?? ''),
  );
  return texts.filter((text, index) => text !== texts[index - 1]);
}
