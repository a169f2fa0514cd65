import { join } from 'node:path';
import type { CommandSpec } from '../cli/command-spec';
import { runCommand, type Streams, start } from '../cli/run-command';
import { readPipelineConfig } from '../lib/config/cdk-json';
import type { EnvironmentConfig } from '../lib/config/pipeline-config';

import { completePackage } from '../lib/service/complete-package';
import { requireServicePackages } from '../lib/service/service-packages';
import { runSls, SLS_VERSION } from '../lib/service/sls';
import { PACKAGE_DIRECTORY, packageVariables } from '../lib/steps/build-step';

const REPOSITORY = join(__dirname, '..');

const command: CommandSpec<Record<never, never>> = {
  call: 'npm run package --',
  description:
    `Packages the service for each environment in cdk.json, into ${PACKAGE_DIRECTORY}/NAME. serverless.yml gets the ` +
    "environment's name as its stage, and CLOUDFORMATION_ROLE_ARN and ALARM_TOPIC_ARN from the pipeline's variables of " +
    'that environment, such as PROD_ALARM_TOPIC_ARN. Each package is completed with what the pipeline requires of every service: ' +
    'the permissions boundary of its roles, and a tag with the repository.',
  options: {},
  exitStatus: { 0: 'every package is made', 1: 'cdk.json or the service has mistakes, which are printed' },
  examples: [{ line: 'npm run package' }, { line: 'npm run package -- prod', fails: "'prod' is not an option" }],
};

start((args, streams) => runCommand(command, args, streams, () => packageAll(streams)));

/** Packages one after the other: sls gathers each package in `.serverless`, and two runs at once wait for ever. */
async function packageAll(streams: Streams): Promise<0> {
  const { environments, repository, serviceDirectory } = readPipelineConfig(REPOSITORY);
  const packages = requireServicePackages(REPOSITORY, serviceDirectory);
  if (packages.serverless !== undefined) {
    streams.stdout.write(
      `the service has Serverless Framework ${packages.serverless} among its packages; the pipeline packages and deploys it ` +
        `with its own, osls ${SLS_VERSION}\n`,
    );
  }
  for (const environment of environments) {
    await packageFor(environment, join(REPOSITORY, serviceDirectory));
    completePackage({ directory: packageOf(environment), environment: environment.name, repository });
    streams.stdout.write(
      `packaged the service for ${environment.name} in ${join(PACKAGE_DIRECTORY, environment.name)}\n`,
    );
  }
  return 0;
}

async function packageFor(environment: EnvironmentConfig, serviceDirectory: string): Promise<void> {
  const { name, region = process.env.AWS_REGION, deploymentType } = environment;
  await runSls({
    command: ['package', '--package', packageOf(environment)],
    serviceDirectory,
    stage: name,
    region,
    deploymentType,
    env: packageVariables(name, process.env),
  });
}

function packageOf({ name }: EnvironmentConfig): string {
  return join(REPOSITORY, PACKAGE_DIRECTORY, name);
}
