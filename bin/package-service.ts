import { join } from 'node:path';
import type { CommandSpec } from '../cli/command-spec';
import { runCommand, type Streams, start } from '../cli/run-command';
import { readPipelineConfig } from '../lib/config/cdk-json';
import type { EnvironmentConfig, PipelineConfig } from '../lib/config/pipeline-config';
import { completePackage } from '../lib/service/complete-package';
import { findBreaches } from '../lib/service/contract/check-contract';
import { type ContractBreach, type EnvironmentBreaches, renderBreaches } from '../lib/service/contract/contract-breach';
import { findDeploymentRole, PLACEHOLDER_ROLE, removePlaceholderRole } from '../lib/service/contract/deployment-role';
import { readPackagedService } from '../lib/service/contract/packaged-service';
import { forgetOrigin, recordOrigin } from '../lib/service/package-origin';
import { requireServicePackages } from '../lib/service/service-packages';
import { runSls, SLS_VERSION } from '../lib/service/sls';
import { PACKAGE_DIRECTORY, packageVariables } from '../lib/steps/build-step';

const REPOSITORY = join(__dirname, '..');

const command: CommandSpec<Record<never, never>> = {
  call: 'npm run package --',
  description:
    `Packages the service for each environment in cdk.json, into ${PACKAGE_DIRECTORY}/NAME. serverless.yml gets the ` +
    "environment's name as its stage, and CLOUDFORMATION_ROLE_ARN and ALARM_TOPIC_ARN from the pipeline's variables of " +
    'that environment, such as PROD_ALARM_TOPIC_ARN. Then it completes each package with what the pipeline requires of every ' +
    'service, e.g. the permissions boundary of its roles, compares it with what the pipeline and AWS allow, and ' +
    'reports every breach with its remedy.',
  options: {},
  exitStatus: {
    0: 'every package is made; there may be warnings',
    1: 'cdk.json or the service has mistakes, or AWS would refuse a package; the reasons are printed',
  },
  examples: [{ line: 'npm run package' }, { line: 'npm run package -- prod', fails: "'prod' is not an option" }],
};

start((args, streams) => runCommand(command, args, streams, () => packageAll(streams)));

/** Packages one after the other: sls gathers each package in `.serverless`, and two runs at once wait for ever. */
async function packageAll(streams: Streams): Promise<0 | 1> {
  const config = readPipelineConfig(REPOSITORY);
  const packages = requireServicePackages(REPOSITORY, config.serviceDirectory);
  if (packages.serverless !== undefined) {
    streams.stdout.write(
      `the service has Serverless Framework ${packages.serverless} among its packages; the pipeline packages and deploys it ` +
        `with its own, osls ${SLS_VERSION}\n`,
    );
  }
  const directory = join(REPOSITORY, PACKAGE_DIRECTORY);
  forgetOrigin(directory);
  const found: EnvironmentBreaches[] = [];
  const failures: string[] = [];
  for (const environment of config.environments) {
    const { name } = environment;
    try {
      found.push({ environment: name, breaches: await packageFor(environment, config) });
      streams.stdout.write(`packaged the service for ${name} in ${join(PACKAGE_DIRECTORY, name)}\n`);
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  if (failures.length === 0) recordOrigin(REPOSITORY, directory, config.serviceDirectory);
  const shown = [...failures.map((message) => `✖ ${message}`), renderBreaches(found)].filter((text) => text !== '');
  if (shown.length > 0) streams.stderr.write(`\n${shown.join('\n\n')}\n`);
  return failures.length > 0 || found.some(({ breaches }) => breaches.some(({ severity }) => severity === 'error'))
    ? 1
    : 0;
}

/** @returns Where the package is not as the pipeline needs it. */
async function packageFor(environment: EnvironmentConfig, config: PipelineConfig): Promise<ContractBreach[]> {
  const { name, region = config.region ?? process.env.AWS_REGION, deploymentType } = environment;
  const directory = join(REPOSITORY, PACKAGE_DIRECTORY, name);
  const variables = { CLOUDFORMATION_ROLE_ARN: PLACEHOLDER_ROLE, ...packageVariables(name, process.env) };
  await runSls({
    command: ['package', '--package', directory],
    serviceDirectory: join(REPOSITORY, config.serviceDirectory),
    stage: name,
    region,
    deploymentType,
    env: variables,
  });
  completePackage({ directory, environment: name, repository: config.repository });
  const service = readPackagedService(directory, environment, config);
  removePlaceholderRole(directory);
  return [...findDeploymentRole(service, variables.CLOUDFORMATION_ROLE_ARN), ...findBreaches(service)];
}
