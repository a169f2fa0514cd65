import { setTimeout as sleep } from 'node:timers/promises';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { SNSClient } from '@aws-sdk/client-sns';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Context } from 'aws-lambda';
import { releaseClients } from '../release/aws/clients';
import { Console } from '../release/aws/console';
import { Notifier } from '../release/notify/notifier';
import { readSettings } from '../release/notify/settings';

let notifier: Notifier | undefined;

/** Lambda's entry point: receives CodeDeploy's and CodePipeline's events from EventBridge, and publishes notifications. */
export async function handler(event: unknown, { awsRequestId }: Pick<Context, 'awsRequestId'>): Promise<void> {
  notifier ??= start();
  console.log(await notifier.handle(event, awsRequestId));
}

function start(): Notifier {
  const settings = readSettings(process.env);
  const region = process.env.AWS_REGION;
  return new Notifier({
    settings,
    sns: new SNSClient({ region }),
    codePipeline: new CodePipelineClient({ region }),
    // An endpoint other than AWS's own has no console to link to.
    console: new Console(process.env.AWS_ENDPOINT_URL ? undefined : region),
    clients: ({ region, role }) =>
      releaseClients(region, {
        credentials: fromTemporaryCredentials({
          params: { RoleArn: role, RoleSessionName: 'notifier' },
          clientConfig: { region },
        }),
      }),
    pause: () => sleep(2_000),
  });
}
