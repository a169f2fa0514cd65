import { join } from 'node:path';
import { readPipelineConfig } from '../config/cdk-json';
import { releaseNames } from '../names/release-names';
import { describeService } from './service-description';

/** The stack of an environment's service. */
interface EnvironmentStack {
  readonly stackName: string;
  /** @default - neither cdk.json nor the shell names one */
  readonly region?: string;
}

/**
 * Finds an environment in cdk.json, and reads the name of its service with sls.
 *
 * @param repository Absolute path of the directory with cdk.json.
 * @param shell Environment variables of the shell, for the region.
 * @throws Error when cdk.json has no such environment; the message lists those that it has.
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
