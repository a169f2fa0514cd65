import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { StackLocation } from '../../../aws-rules/limits/template-text';
import type { EnvironmentConfig, PipelineConfig } from '../../config/pipeline-config';
import { type ReleaseNames, releaseNames } from '../../names/release-names';

/** What `sls package` made for an environment, as far as the contract reads it. */
export interface PackagedService {
  readonly environment: EnvironmentConfig;
  readonly names: ReleaseNames;
  /** Where it is deployed. An account that the configuration does not name is {@link UNKNOWN_ACCOUNT}. */
  readonly stack: StackLocation;
  readonly template: PackagedTemplateFile;
  readonly provider: PackagedProvider;
  readonly deployPermissions: PipelineConfig['deployPermissions'];
  readonly functionPermissions: PipelineConfig['functionPermissions'];
}

/** Stands for an account that is known only where the pipeline is deployed. It has the length of a real one. */
export const UNKNOWN_ACCOUNT = '123456789012';

const TEMPLATE = 'cloudformation-template-update-stack.json';
/** File in which sls keeps the resolved service for `sls deploy --package`. */
export const PACKAGE_STATE = 'serverless-state.json';

const PackagedResource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  UpdatePolicy: z.record(z.string(), z.unknown()).optional(),
});

const PackagedTemplateFile = z.looseObject({
  Resources: z.record(z.string(), PackagedResource),
});

/** A resource of the packaged template. */
export type PackagedResource = z.infer<typeof PackagedResource>;
/** The template that sls deploys. */
export type PackagedTemplateFile = z.infer<typeof PackagedTemplateFile>;

const PackagedProvider = z.looseObject({
  region: z.string(),
  stackName: z.string().optional(),
  /** Name of a bucket that exists. */
  deploymentBucket: z.string().nullish(),
  stackTags: z.record(z.string(), z.string()).optional(),
  iam: z.looseObject({ deploymentRole: z.unknown() }).optional(),
});

/** The settings of `provider` in serverless.yml, resolved by sls. */
export type PackagedProvider = z.infer<typeof PackagedProvider>;

const State = z.looseObject({ service: z.looseObject({ service: z.string(), provider: PackagedProvider }) });

/**
 * Reads a package.
 *
 * @param directory Directory in which `sls package` left it.
 * @throws Error when a file is missing or not what sls writes, or when a role's name would be too long.
 */
export function readPackagedService(
  directory: string,
  environment: EnvironmentConfig,
  config: Pick<PipelineConfig, 'account' | 'deployPermissions' | 'functionPermissions'>,
): PackagedService {
  const { service } = read(directory, PACKAGE_STATE, State);
  const { region } = service.provider;
  const names = releaseNames(service.service, environment.name);
  return {
    environment,
    names,
    stack: {
      stackName: names.serviceStack,
      partition: partitionOf(region),
      region,
      account: environment.account ?? config.account ?? UNKNOWN_ACCOUNT,
    },
    template: read(directory, TEMPLATE, PackagedTemplateFile),
    provider: service.provider,
    deployPermissions: config.deployPermissions,
    functionPermissions: config.functionPermissions,
  };
}

/**
 * @returns An ARN as it is compared with policies. Where the account of the environment is not known, any account in the ARN may be
 * that one.
 */
export function comparableArn(arn: string, { account }: StackLocation): string {
  return account === UNKNOWN_ACCOUNT ? arn.replace(/^(arn:[^:]*:[^:]*:[^:]*:)\d{12}:/, `$1${UNKNOWN_ACCOUNT}:`) : arn;
}

/** @returns The partition of a region. The isolated ones have partitions of their own too, but no CodePipeline. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function read<T>(directory: string, file: string, schema: z.ZodType<T>): T {
  const path = join(directory, file);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read '${path}': ${(cause as Error).message}; run npm run package`, { cause });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new Error(`'${path}' is not what sls package writes:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
