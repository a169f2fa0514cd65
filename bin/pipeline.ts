import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { parse } from 'yaml';
import { checkBuildingPipeline } from '../lib/config/building-pipeline';
import { cdkCliVersion } from '../lib/config/cdk-cli-version';
import { repositoryConfig } from '../lib/config/cdk-json';
import { withServicePackages } from '../lib/config/service-packages-cache';
import { PipelineStack } from '../lib/pipeline-stack';
import { describeService } from '../lib/service/service-description';
import { requireServicePackages } from '../lib/service/service-packages';
import { refuseExcesses } from '../lib/stack-limits';

const REPOSITORY = join(__dirname, '..');

async function main(): Promise<void> {
  // By default CDK synthesises when the process ends, also after an error.
  const app = new App({ autoSynth: false });
  const config = repositoryConfig(app.node.tryGetContext('pipeline'), REPOSITORY);
  checkBuildingPipeline(config, process.env);
  const packages = requireServicePackages(REPOSITORY, config.serviceDirectory);
  const services = await Promise.all(
    config.environments.map(({ name, ...environment }) =>
      describeService({
        ...environment,
        stage: name,
        serviceDirectory: join(REPOSITORY, config.serviceDirectory),
      }),
    ),
  );
  new PipelineStack(app, 'PipelineStack', {
    config,
    services,
    buildSpec: withServicePackages(parse(readFileSync(join(REPOSITORY, 'buildspec.yml'), 'utf8')), packages),
    cdkCliVersion: cdkCliVersion(join(REPOSITORY, 'package-lock.json')),
  });
  refuseExcesses(app.synth());
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
