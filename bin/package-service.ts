import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentConfig, pipelineConfig } from '../lib/config/pipeline-config';
import { runSls } from '../lib/service/sls';
import { PACKAGE_DIRECTORY, packageVariables } from '../lib/steps/build-step';

const REPOSITORY = join(__dirname, '..');

/**
 * `npm run package`: one package of the service for each environment of cdk.json. One after the other, because sls
 * gathers each in the same directory, `.serverless`, and two at once end in one of them waiting for ever.
 */
async function main(): Promise<void> {
  const cdkJson = JSON.parse(readFileSync(join(REPOSITORY, 'cdk.json'), 'utf8'));
  const { environments, serviceDirectory } = pipelineConfig(cdkJson.context?.pipeline);
  for (const environment of environments) await packageFor(environment, join(REPOSITORY, serviceDirectory));
}

async function packageFor(environment: EnvironmentConfig, serviceDirectory: string): Promise<void> {
  const { name, region = process.env.AWS_REGION, deploymentType } = environment;
  await runSls({
    command: ['package', '--package', join(REPOSITORY, PACKAGE_DIRECTORY, name)],
    serviceDirectory,
    stage: name,
    region,
    deploymentType,
    env: packageVariables(name, process.env),
  });
  console.log(`packaged the service for ${name} in ${join(PACKAGE_DIRECTORY, name)}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
