import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PipelineConfig, pipelineConfig } from './pipeline-config';

/**
 * Reads the pipeline's configuration from cdk.json.
 *
 * @param repository Directory that holds cdk.json.
 * @throws ConfigError with every mistake in the configuration.
 * @throws Error when cdk.json is missing or is not JSON.
 */
export function readPipelineConfig(repository: string): PipelineConfig {
  return pipelineConfig(readCdkJson(repository).context?.pipeline);
}

function readCdkJson(repository: string): { readonly context?: { readonly pipeline?: unknown } } {
  try {
    return JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) ?? {};
  } catch (cause) {
    throw new Error(`cannot read cdk.json: ${(cause as Error).message}; correct it, or restore it with git`, { cause });
  }
}
