import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { releaseClients } from '../release/aws/clients';
import { CanaryAction, type InvocationContext } from '../release/canary/canary-action';

const action = new CanaryAction({
  codePipeline: new CodePipelineClient({}),
  clients: ({ region, role }) =>
    releaseClients(region, {
      credentials: fromTemporaryCredentials({
        params: { RoleArn: role, RoleSessionName: 'canary' },
        clientConfig: { region },
      }),
    }),
  now: Date.now,
  log: (line) => console.log(line),
});

/** Lambda's entry point. */
export const handler = (event: unknown, context?: InvocationContext): Promise<void> => action.handle(event, context);
