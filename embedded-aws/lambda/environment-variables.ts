import type { Scope } from '../scope';
import type { FunctionVersion } from './function';

/** Temporary credentials of an execution role. */
export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface EnvironmentVariablesProps {
  readonly scope: Scope;
  readonly credentials: FunctionCredentials;
  /** Endpoint of the function's SDK clients. */
  readonly endpointUrl: string;
  readonly logStream: string;
}

/**
 * Environment variables of a function: what Lambda defines (developer guide, "Defined runtime environment variables"),
 * what the function's configuration adds, and the endpoint of the embedded AWS. PATH is the only one inherited from
 * this process.
 */
export function environmentVariables(
  { functionName, version, configuration, code }: FunctionVersion,
  { scope, credentials, endpointUrl, logStream }: EnvironmentVariablesProps,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ENDPOINT_URL: endpointUrl,
    ...configuration.environment,
    _HANDLER: configuration.handler,
    AWS_REGION: scope.region,
    AWS_DEFAULT_REGION: scope.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    LAMBDA_TASK_ROOT: code.taskRoot,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
  };
}
