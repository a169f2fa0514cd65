import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { ReleaseClients } from '../aws/clients';
import type { Console } from '../aws/console';
import { Ledger } from '../ledger/ledger';
import { type Announcement, type Ignored, ignored } from './announcement';
import { deploymentAnnouncement } from './deployment-announcement';
import { readEvent } from './event';
import { isMissing } from './recent-releases';
import type { EnvironmentLocation, NotifierSettings } from './settings';
import { stageAnnouncement } from './stage-announcement';
import type { WatchedEnvironment } from './watched-environments';

interface NotifierProps {
  readonly settings: NotifierSettings;
  /** Client in the topic's region. */
  readonly sns: SNSClient;
  /** Client in the pipeline's region. */
  readonly codePipeline: CodePipelineClient;
  /** Console of the pipeline's region. */
  readonly console: Console;
  /** Clients with an environment's role; called once for each environment. */
  readonly clients: (environment: WatchedEnvironment) => ReleaseClients;
  /** Waits a moment before AWS is read again. */
  readonly pause: () => Promise<void>;
}

/**
 * Sends at most one message for an event.
 *
 * The message is claimed first and published last, so that two events of one release at the same instant cause one
 * message. When publishing fails, or the function dies before it, Lambda retries the event under the same request id,
 * and the holder of a claim may claim again: no message is lost, and one is sent twice only when the function dies
 * between SNS's response and its own end. Events that fail for good go to the dead-letter queue, which has an alarm.
 */
export class Notifier {
  readonly #props: NotifierProps;
  readonly #clients = new Map<WatchedEnvironment, ReleaseClients>();

  constructor(props: NotifierProps) {
    this.#props = props;
  }

  /**
   * @param requestId Id of the invocation, the same when Lambda retries (Lambda developer guide, "The context object").
   * @returns What was done, for the log.
   * @throws TypeError when the event is malformed, and every error that prevents the message.
   */
  async handle(event: unknown, requestId: string): Promise<string> {
    const announcement = await this.#announcementOf(event);
    if (announcement.type === 'ignored') return `nothing to send: ${announcement.why}`;
    const { subject, body } = announcement.notice;
    if (!(await claim(announcement, requestId))) return `already claimed: ${subject}`;
    await this.#props.sns.send(
      new PublishCommand({
        TopicArn: this.#props.settings.topicArn,
        Subject: subject,
        Message: body,
        MessageAttributes: {
          environment: { DataType: 'String', StringValue: announcement.environment },
          outcome: { DataType: 'String', StringValue: announcement.outcome },
        },
      }),
    );
    return `sent: ${subject}`;
  }

  async #announcementOf(given: unknown): Promise<Announcement | Ignored> {
    const { settings, codePipeline, console, pause } = this.#props;
    const { environments, pipeline } = settings;
    const event = readEvent(given);
    switch (event.type) {
      case 'other':
        return ignored(event.what);
      case 'deployment': {
        const candidates = environments.filter(
          ({ account, region }) => account === event.account && region === event.region,
        );
        return deploymentAnnouncement(
          event,
          candidates.map((environment) => this.#locate(environment, event)),
          { pipeline, console, pause },
        );
      }
      case 'stage': {
        if (event.pipeline !== pipeline)
          return ignored(`stage ${event.stage} belongs to pipeline ${event.pipeline}, not ${pipeline}`);
        const environment = environments.find(({ name }) => name === event.stage);
        // What concerns no environment is claimed in the ledger of any.
        const locations = (environment ? [environment] : environments).map((each) => this.#locate(each, event));
        const ledgers = locations.map(({ ledger }) => ledger);
        const location = environment ? { location: locations[0] } : {};
        return stageAnnouncement(event, { codePipeline, console, ledgers, pause, ...location });
      }
    }
  }

  #locate(environment: WatchedEnvironment, { time }: { readonly time: string }): EnvironmentLocation {
    const clients = this.#clients.get(environment) ?? this.#props.clients(environment);
    this.#clients.set(environment, clients);
    // The expiry of claims is computed from the time of the event.
    return { environment, clients, ledger: new Ledger(clients.dynamoDb, environment.stack, () => Date.parse(time)) };
  }
}

/** @returns Whether any part of the message is not announced yet. */
async function claim({ claims, ledgers }: Announcement, by: string): Promise<boolean> {
  for (const ledger of ledgers) {
    try {
      let any = false;
      for (const what of claims) if (await ledger.claim(what, by)) any = true;
      return any;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  // Before an environment's first release there is no ledger, and a repeated message is better than none.
  return true;
}
