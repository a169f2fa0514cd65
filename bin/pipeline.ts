import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { parse } from 'yaml';
import { cdkCliVersion } from '../lib/config/cdk-cli-version';
import { pipelineConfig } from '../lib/config/pipeline-config';
import { PipelineStack } from '../lib/pipeline-stack';
import { describeService } from '../lib/service/service-description';
import { refuseExcesses } from '../lib/stack-limits';

const REPOSITORY = join(__dirname, '..');

async function main(): Promise<void> {
  // By default CDK synthesises when the process ends, also after an error.
  const app = new App({ autoSynth: false });
  const config = pipelineConfig(app.node.tryGetContext('pipeline'));
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
    buildSpec: parse(readFileSync(join(REPOSITORY, 'buildspec.yml'), 'utf8')),
    cdkCliVersion: cdkCliVersion(join(REPOSITORY, 'package-lock.json')),
  });
  refuseExcesses(app.synth());
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
