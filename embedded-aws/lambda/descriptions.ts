import type { Scope } from '../scope';
import type { Alias, FunctionVersion } from './function';
import { functionArn } from './function-ref';
import type { InvocationTarget } from './function-store';

/**
 * @param qualifier Qualifier at the end of the ARN; may be absent.
 * @returns The version in the API's shape FunctionConfiguration.
 */
export function describeVersion(scope: Scope, version: FunctionVersion, qualifier?: string): object {
  const { functionName, configuration, code } = version;
  const name = qualifier === undefined ? { name: functionName } : { name: functionName, qualifier };
  return {
    FunctionName: functionName,
    FunctionArn: functionArn(scope, name),
    Runtime: configuration.runtime,
    Role: configuration.role,
    Handler: configuration.handler,
    CodeSize: code.size,
    Description: configuration.description,
    Timeout: configuration.timeout,
    MemorySize: configuration.memorySize,
    LastModified: lambdaTime(version.lastModified),
    CodeSha256: code.sha256,
    Version: version.version,
    ...(Object.keys(configuration.environment).length > 0 && {
      Environment: { Variables: configuration.environment },
    }),
    ...(configuration.deadLetterTarget && { DeadLetterConfig: { TargetArn: configuration.deadLetterTarget } }),
    TracingConfig: { Mode: configuration.tracing },
    RevisionId: version.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: configuration.architectures,
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: 'Text', LogGroup: configuration.logGroup },
  };
}

/** @returns The target in the API's shape FunctionConfiguration; its ARN has the qualifier of the request. */
export function describeTarget(scope: Scope, { version, ref }: InvocationTarget): object {
  return describeVersion(scope, version, ref.qualifier);
}

export function describeAlias(scope: Scope, functionName: string, alias: Alias): object {
  const { functionVersion, weights } = alias.state;
  return {
    AliasArn: functionArn(scope, { name: functionName, qualifier: alias.name }),
    Name: alias.name,
    FunctionVersion: functionVersion,
    Description: alias.description,
    ...(Object.keys(weights).length > 0 && { RoutingConfig: { AdditionalVersionWeights: weights } }),
    RevisionId: alias.revisionId,
  };
}

/** Lambda writes instants as text: `2026-01-01T00:00:00.000+0000`. */
function lambdaTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
