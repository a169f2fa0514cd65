import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { ReleaseClients } from '../aws/clients';
import type { Console } from '../aws/console';
import { Ledger } from '../ledger/ledger';
import { type News, type Silence, silence } from './announcement';
import { stoppedDeployment } from './deployment-announcement';
import { readEvent } from './event';
import { isMissing } from './recent-releases';
import type { NotifierSettings, Place, WatchedEnvironment } from './settings';
import { endedStage } from './stage-announcement';

export interface NotifierProps {
  readonly settings: NotifierSettings;
  /** in the topic's region */
  readonly sns: SNSClient;
  /** in the pipeline's region */
  readonly codePipeline: CodePipelineClient;
  /** the console that the pipeline stands in */
  readonly console: Console;
  /** clients with an environment's role; asked once for each */
  readonly clients: (environment: WatchedEnvironment) => ReleaseClients;
  /** waits a moment until CodeDeploy says more */
  readonly pause: () => Promise<void>;
}

/**
 * Makes of an event at most one message to people.
 *
 * The message is claimed first and published then, as the last step. Two events of one release at the same instant so
 * give one message. Should publishing fail, or the function die in it, then Lambda tries the event again under the same
 * request id, and whoever holds a claim may claim again: so no message is lost, and one is doubled only if the function
 * dies between SNS's answer and its own end. What fails for good is in the dead-letter queue, whose alarm says so.
 */
export class Notifier {
  readonly #clients = new Map<WatchedEnvironment, ReleaseClients>();

  constructor(private readonly props: NotifierProps) {}

  /**
   * @param requestId the invocation's, the same one when Lambda tries again (Lambda developer guide, "The context object")
   * @returns what was done, for the log
   * @throws TypeError for a malformed event, and whatever keeps it from telling
   */
  async handle(event: unknown, requestId: string): Promise<string> {
    const news = await this.#newsOf(event);
    if (news.type === 'silence') return `nothing to tell: ${news.why}`;
    const { subject } = news.notice;
    if (!(await claim(news, requestId))) return `told already: ${subject}`;
    await this.props.sns.send(
      new PublishCommand({
        TopicArn: this.props.settings.topicArn,
        Subject: subject,
        Message: news.notice.body,
        MessageAttributes: {
          environment: { DataType: 'String', StringValue: news.environment },
          outcome: { DataType: 'String', StringValue: news.outcome },
        },
      }),
    );
    return `told: ${subject}`;
  }

  async #newsOf(given: unknown): Promise<News | Silence> {
    const { settings, codePipeline, console, pause } = this.props;
    const { environments, pipeline } = settings;
    const event = readEvent(given);
    switch (event.type) {
      case 'other':
        return silence(event.what);
      case 'deployment': {
        const here = environments.filter(({ account, region }) => account === event.account && region === event.region);
        return stoppedDeployment(
          event,
          here.map((environment) => this.#place(environment, event)),
          { pipeline, console, pause },
        );
      }
      case 'stage': {
        if (event.pipeline !== pipeline)
          return silence(`stage ${event.stage} is of ${event.pipeline}, not ${pipeline}`);
        const environment = environments.find(({ name }) => name === event.stage);
        // What concerns no environment is claimed in any one's ledger.
        const seen = (environment ? [environment] : environments).map((each) => this.#place(each, event));
        const ledgers = seen.map(({ ledger }) => ledger);
        return endedStage(event, { codePipeline, console, ledgers, pause, ...(environment ? { place: seen[0] } : {}) });
      }
    }
  }

  #place(environment: WatchedEnvironment, { time }: { readonly time: string }): Place {
    const clients = this.#clients.get(environment) ?? this.props.clients(environment);
    this.#clients.set(environment, clients);
    // Claims last from the event on, by the clock of whoever sent it.
    return { environment, clients, ledger: new Ledger(clients.dynamoDb, environment.stack, () => Date.parse(time)) };
  }
}

/** @returns whether anything of it is still to be told */
async function claim({ claims, ledgers }: News, by: string): Promise<boolean> {
  for (const ledger of ledgers) {
    try {
      let any = false;
      for (const what of claims) if (await ledger.claim(what, by)) any = true;
      return any;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  // Before an environment's first release there is no ledger, and better a message twice than none.
  return true;
}
