import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { SNSClient } from '@aws-sdk/client-sns';
import type { ActionChange } from '../../../embedded-aws/codepipeline/history';
import type { AwsEvent } from '../../../embedded-aws/events/event';
import { Console } from '../../../release/aws/console';
import { takeBaseline } from '../../../release/collect/baseline';
import { collect } from '../../../release/collect/collect';
import { Ledger, type ReleaseRecord } from '../../../release/ledger/ledger';
import { Notifier } from '../../../release/notify/notifier';
import type { WatchedEnvironment } from '../../../release/notify/watched-environments';
import { judge } from '../../../release/outcome/judge';
import type { ReleaseOutcome } from '../../../release/outcome/outcome';
import { makeLedger } from '../ledger/ledger-stack';
import { SmallAccount, scope, target } from '../small-account';

const pipeline = 'shop-pipeline';

/** A message as people receive it. */
interface SentMessage {
  readonly subject: string | undefined;
  readonly message: string;
  readonly environment: string | undefined;
  readonly outcome: string | undefined;
}

/** @returns The id of the deployment that an event of CodeDeploy is about. */
export function idOf(event: object | undefined): string {
  return (event as { detail: { deploymentId: string } }).detail.deploymentId;
}

/** @returns The same event for another deployment. */
export function withId(event: object | undefined, deploymentId: string): object {
  const { detail, ...rest } = event as { detail: object };
  return { ...rest, detail: { ...detail, deploymentId } };
}

/** A small account with a ledger, a topic and a notifier, in which a test plays the role of the pipeline. */
export class NotifiedShop {
  readonly account: SmallAccount;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  /** Events that AWS services have sent to EventBridge, oldest first. */
  readonly events: AwsEvent[] = [];
  readonly #clients: readonly [SNSClient, CodePipelineClient];
  readonly #topicArn: string;
  #requests = 0;
  #actions = 0;

  private constructor(account: SmallAccount, topicArn: string) {
    this.account = account;
    this.#topicArn = topicArn;
    const { clients, clock, region } = account;
    const { endpoint, credentials } = clients.cloudFormation.config;
    const config = { region: scope.region, endpoint, credentials };
    this.#clients = [new SNSClient(config), new CodePipelineClient(config)];
    const [sns, codePipeline] = this.#clients;
    this.ledger = new Ledger(clients.dynamoDb, target.stackName, () => clock.now());
    const prod = { ...scope, name: 'prod', stack: target.stackName, account: scope.accountId, role: 'unused' };
    // The first candidate, and never the right one: a service in the same account and region that has released nothing.
    const other: WatchedEnvironment = { ...prod, name: 'other', stack: 'other-prod' };
    this.notifier = new Notifier({
      settings: { topicArn, pipeline, environments: [other, prod] },
      sns,
      codePipeline,
      console: new Console(undefined),
      clients: () => clients,
      pause: async () => {},
    });
    const accept = region.events.accept.bind(region.events);
    region.events.accept = (event) => {
      this.events.push(event);
      accept(event);
    };
  }

  static async open(): Promise<NotifiedShop> {
    const account = await SmallAccount.open();
    await makeLedger(account);
    const body = JSON.stringify({
      Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'releases' } } },
    });
    await account.region.cloudFormation.deploy({ stackName: 'topic', template: { body } });
    return new NotifiedShop(account, account.region.sns.topics()[0]!.arn);
  }

  get sns(): SNSClient {
    return this.#clients[0];
  }

  get sent(): SentMessage[] {
    return this.account.region.sns.topic(this.#topicArn).messages.map(({ subject, message, attributes }) => ({
      subject,
      message,
      environment: attributes.environment?.StringValue,
      outcome: attributes.outcome?.StringValue,
    }));
  }

  /** @param requestId @default - a new one for each event, as for unrelated events */
  handle(event: object | undefined, requestId?: string): Promise<string> {
    this.#requests += 1;
    return this.notifier.handle(event, requestId ?? `request-${this.#requests}`);
  }

  /** CodeDeploy's events about deployments that did not succeed, oldest first. */
  get stops(): AwsEvent[] {
    return this.events.filter(
      ({ source, detail }) => source === 'aws.codedeploy' && /STOP|FAILURE/.test((detail as { state: string }).state),
    );
  }

  /** Records a release, as Deploy does. */
  async begin(execution: string): Promise<ReleaseRecord> {
    const baseline = await takeBaseline(this.account.clients, target.stackName);
    const began = this.account.clock.date().toISOString();
    const record = { build: `Deploy:${execution}`, began, baseline, execution, commit: `commit-of-${execution}` };
    await this.ledger.begin(record);
    this.account.region.codePipeline.executionChanged({ pipeline, executionId: execution, state: 'STARTED' });
    return record;
  }

  /** Records the outcome of a release, as Deploy does. */
  async conclude(record: ReleaseRecord, change: Partial<ReleaseOutcome> = {}): Promise<ReleaseOutcome> {
    const now = () => this.account.clock.now();
    const deployed = this.account.status === 'UPDATE_COMPLETE';
    const outcome = judge(await collect(this.account.clients, record.baseline, { now }), { deployed });
    const changed = { ...outcome, ...change } as ReleaseOutcome;
    await this.ledger.conclude(record, changed, this.account.clock.date().toISOString());
    return changed;
  }

  /** Runs an action to its end. */
  action(
    execution: string,
    stage: string,
    action: string,
    end: Pick<ActionChange, 'state'> & Partial<ActionChange>,
  ): void {
    const { codePipeline } = this.account.region;
    this.#actions += 1;
    const change = {
      pipeline,
      executionId: execution,
      actionExecutionId: `action-${this.#actions}`,
      stage,
      action,
      category: 'Build',
      provider: 'CodeBuild',
    };
    codePipeline.actionChanged({ ...change, state: 'STARTED' });
    codePipeline.actionChanged({ ...change, ...end });
  }

  /**
   * Ends a stage.
   *
   * @returns The event about it.
   */
  stage(execution: string, stage: string, state: 'FAILED' | 'SUCCEEDED'): AwsEvent {
    const { codePipeline } = this.account.region;
    codePipeline.stageChanged({ pipeline, executionId: execution, stage, state: 'STARTED' });
    codePipeline.stageChanged({ pipeline, executionId: execution, stage, state });
    return this.events.at(-1)!;
  }

  /**
   * Runs Deploy's stage to its end.
   *
   * @returns The event about it.
   */
  deployed(record: ReleaseRecord, state: 'FAILED' | 'SUCCEEDED'): AwsEvent {
    const execution = record.execution!;
    this.action(execution, 'prod', 'Deploy', {
      state,
      externalExecutionId: record.build,
      ...(state === 'FAILED' ? { error: { code: 'JobFailed', message: 'Build terminated with state: FAILED' } } : {}),
    });
    return this.stage(execution, 'prod', state);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.account.close();
  }
}
