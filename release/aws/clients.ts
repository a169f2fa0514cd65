import { CloudFormationClient, type CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Console } from './console';

/** The AWS services that know of a release. */
export interface ReleaseClients {
  readonly cloudFormation: CloudFormationClient;
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  /** has the ledger of releases */
  readonly dynamoDb: DynamoDBClient;
  /** where people look at the same */
  readonly console: Console;
}

/**
 * @param access where AWS is and who asks, @default what the environment names
 * @returns clients for one region
 */
export function releaseClients(
  region: string,
  access: Pick<CloudFormationClientConfig, 'endpoint' | 'credentials'> = {},
): ReleaseClients {
  const config = { region, ...access };
  // What stands at another address than AWS's own has no console: links to one would lead to somebody else's account.
  const elsewhere = access.endpoint ?? process.env.AWS_ENDPOINT_URL;
  return {
    cloudFormation: new CloudFormationClient(config),
    codeDeploy: new CodeDeployClient(config),
    lambda: new LambdaClient(config),
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    dynamoDb: new DynamoDBClient(config),
    console: new Console(elsewhere ? undefined : region),
  };
}
