import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';

/** The AWS services that know of a release. */
export interface ReleaseClients {
  readonly cloudFormation: CloudFormationClient;
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
}

/** @returns clients for one region, with the credentials and the endpoint that the environment names */
export function releaseClients(region: string): ReleaseClients {
  return {
    cloudFormation: new CloudFormationClient({ region }),
    codeDeploy: new CodeDeployClient({ region }),
    lambda: new LambdaClient({ region }),
  };
}
