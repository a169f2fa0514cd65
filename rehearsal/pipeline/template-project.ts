import type { TemplateActionContext } from './action-configuration';
import type { CodeBuildProject, EnvironmentVariable } from './model';

/** The properties of a project that affect a rehearsed build. */
const READ = new Set([
  'BuildSpec',
  'Cache',
  'Environment',
  'LogsConfig',
  'Name',
  'ServiceRole',
  'Source',
  'TimeoutInMinutes',
]);

/** The properties of a project that matter only on AWS. */
const WITHOUT_EFFECT = new Set([
  'Artifacts',
  'ConcurrentBuildLimit',
  'Description',
  'EncryptionKey',
  'QueuedTimeoutInMinutes',
  'Tags',
  'Visibility',
]);

/** Default timeout of a project, in minutes (CodeBuild API, CreateProject `timeoutInMinutes`). */
const DEFAULT_TIMEOUT = 60;

/** @returns Whether an environment variable of that type contains its value itself. This is the default type. */
export function plaintext(type: unknown): boolean {
  return type === undefined || type === 'PLAINTEXT';
}

/**
 * Reads a CodeBuild project of the pipeline's template.
 *
 * @returns The project. Undefined, with a problem noted, if there is none.
 */
export function readProject(
  logicalId: string,
  { template, intrinsics, problems }: TemplateActionContext,
): CodeBuildProject | undefined {
  const resource = template.Resources[logicalId];
  const path = `Resources.${logicalId}.Properties`;
  if (resource?.Type !== 'AWS::CodeBuild::Project') {
    problems.push({
      path: `Resources.${logicalId}`,
      value: resource?.Type,
      remedy: 'must be an AWS::CodeBuild::Project',
    });
    return undefined;
  }
  const properties = resource.Properties ?? {};
  for (const [property, value] of Object.entries(properties)) {
    if (READ.has(property) || WITHOUT_EFFECT.has(property)) continue;
    problems.push({ path: `${path}.${property}`, value, remedy: 'not supported by a rehearsal; remove the property' });
  }
  const cache = properties.Cache ?? {};
  if (cache.Type === 'LOCAL') {
    problems.push({
      path: `${path}.Cache.Type`,
      value: cache.Type,
      remedy: 'use S3, because a local cache is lost with its build host',
    });
  }
  return {
    logicalId,
    name: intrinsics.name(logicalId, path),
    buildSpec: intrinsics.optional(properties.Source?.BuildSpec, `${path}.Source.BuildSpec`) ?? 'buildspec.yml',
    environment: readEnvironment(),
    image: intrinsics.text(properties.Environment?.Image ?? '', `${path}.Environment.Image`),
    roleArn: intrinsics.text(properties.ServiceRole, `${path}.ServiceRole`),
    timeoutMinutes: Number(properties.TimeoutInMinutes ?? DEFAULT_TIMEOUT),
    cache: readCache(),
    logGroup: intrinsics.optional(
      properties.LogsConfig?.CloudWatchLogs?.GroupName,
      `${path}.LogsConfig.CloudWatchLogs.GroupName`,
    ),
  };

  /** Projects share a cache by location and namespace (CodeBuild user guide, "Cache sharing between projects"). */
  function readCache(): string | undefined {
    if (cache.Type !== 'S3') return undefined;
    const location = intrinsics.text(cache.Location, `${path}.Cache.Location`);
    const namespace = intrinsics.optional(cache.CacheNamespace, `${path}.Cache.CacheNamespace`);
    return `${location}#${namespace ?? logicalId}`;
  }

  function readEnvironment(): readonly EnvironmentVariable[] {
    const variables = (properties.Environment?.EnvironmentVariables ?? []) as readonly Record<string, unknown>[];
    return variables.flatMap((variable, index) => {
      const at = `${path}.Environment.EnvironmentVariables[${index}]`;
      if (plaintext(variable.Type)) {
        return [{ name: String(variable.Name), value: intrinsics.text(variable.Value, `${at}.Value`) }];
      }
      const remedy = `${variable.Name}: only PLAINTEXT variables can be rehearsed`;
      problems.push({ path: `${at}.Type`, value: variable.Type, remedy });
      return [];
    });
  }
}
