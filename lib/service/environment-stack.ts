import { join } from 'node:path';
import { readPipelineConfig } from '../config/cdk-json';
import { releaseNames } from '../names/release-names';
import { describeService } from './service-description';

/** Where an environment's service lives. */
export interface EnvironmentStack {
  readonly stackName: string;
  /** @default - neither cdk.json nor the shell names one */
  readonly region?: string;
}

/**
 * Looks an environment up in cdk.json, and asks sls for the name of its service.
 *
 * @param repository absolute path of the directory that holds cdk.json
 * @throws Error if cdk.json has no such environment, with the names of those it has
 */
export async function environmentStack(
  name: string,
  repository: string,
  shell: Readonly<Record<string, string | undefined>>,
): Promise<EnvironmentStack> {
  const config = readPipelineConfig(repository);
  const environment = config.environments.find((each) => each.name === name);
  if (!environment) {
    const known = config.environments.map((each) => each.name).join(', ');
    throw new Error(`no environment '${name}' in cdk.json; write one of ${known}, or --stack with the stack's name`);
  }
  const region = environment.region ?? config.region ?? shell.AWS_REGION ?? shell.AWS_DEFAULT_REGION;
  const service = await describeService({
    serviceDirectory: join(repository, config.serviceDirectory),
    stage: name,
    deploymentType: environment.deploymentType,
    region,
  });
  return { stackName: releaseNames(service.name, name).serviceStack, ...(region === undefined ? {} : { region }) };
}
