import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, DEFAULT_SERVICE_DIRECTORY, type PipelineConfig, pipelineConfig } from './pipeline-config';

/**
 * Reads the pipeline's configuration from cdk.json.
 *
 * @param repository Directory that holds cdk.json.
 * @throws ConfigError with every mistake in the configuration.
 * @throws Error when cdk.json is missing or is not JSON.
 */
export function readPipelineConfig(repository: string): PipelineConfig {
  return repositoryConfig(readCdkJson(repository).context?.pipeline, repository);
}

/**
 * Checks a configuration like {@link pipelineConfig}, and that the directory of the service exists.
 *
 * @param repository Directory that holds cdk.json.
 * @throws ConfigError with every mistake.
 */
export function repositoryConfig(value: unknown, repository: string): PipelineConfig {
  const missing = missingDirectory(value, repository);
  try {
    const config = pipelineConfig(value);
    if (missing.length > 0) throw new ConfigError([]);
    return config;
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError([...error.problems, ...missing]);
    throw error;
  }
}

/** Works on the unchecked value, so that a missing directory is reported together with all other mistakes. */
function missingDirectory(value: unknown, repository: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { serviceDirectory = DEFAULT_SERVICE_DIRECTORY } = value as { readonly serviceDirectory?: unknown };
  if (typeof serviceDirectory !== 'string') return [];
  if (statSync(join(repository, serviceDirectory), { throwIfNoEntry: false })?.isDirectory()) return [];
  return [
    `pipeline.serviceDirectory: "${serviceDirectory}" is not a directory of this repository; write the one that holds serverless.yml`,
  ];
}

function readCdkJson(repository: string): { readonly context?: { readonly pipeline?: unknown } } {
  try {
    return JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) ?? {};
  } catch (cause) {
    throw new Error(`cannot read cdk.json: ${(cause as Error).message}; correct it, or restore it with git`, { cause });
  }
}
