import { CloudFormationClient, type CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Console } from './console';

/** Clients of the AWS services that a release involves, for one account and region. */
export interface ReleaseClients {
  readonly cloudFormation: CloudFormationClient;
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  /** For the ledger of releases. */
  readonly dynamoDb: DynamoDBClient;
  /** Addresses of the same resources in the console. */
  readonly console: Console;
}

/**
 * @param access Endpoint and credentials. @default - those of the environment
 * @returns Clients for one region.
 */
export function releaseClients(
  region: string,
  access: Pick<CloudFormationClientConfig, 'endpoint' | 'credentials'> = {},
): ReleaseClients {
  const config = { region, ...access };
  // A custom endpoint has no console; links to AWS's would lead to another account.
  const endpoint = access.endpoint ?? process.env.AWS_ENDPOINT_URL;
  return {
    cloudFormation: new CloudFormationClient(config),
    codeDeploy: new CodeDeployClient(config),
    lambda: new LambdaClient(config),
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    dynamoDb: new DynamoDBClient(config),
    console: new Console(endpoint ? undefined : region),
  };
}
