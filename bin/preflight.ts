import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pipelineConfig } from '../lib/config/pipeline-config';
import { PACKAGE_DIRECTORY } from '../lib/steps/build-step';
import { runPreflight, TEMPLATE } from '../preflight/command';
import type { StackOfPackage } from '../preflight/deployed';

const REPOSITORY = join(__dirname, '..');

/** `npm run preflight`: the packages that `npm run package` left, unless the call names another. */
void runPreflight(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  packages,
  traffic: join(REPOSITORY, 'service', 'traffic.json'),
  deployed,
  now: Date.now(),
}).then((status) => {
  process.exitCode = status;
});

/** The SDK is loaded only when it is asked for: it takes longer than all the rest. */
async function deployed(stack: StackOfPackage) {
  const [{ CloudFormationClient }, { readDeployed }] = await Promise.all([
    import('@aws-sdk/client-cloudformation'),
    import('../preflight/read-deployed'),
  ]);
  return readDeployed(new CloudFormationClient({ region: stack.region }), stack);
}

/** Of every environment of cdk.json, so that one that was not packaged is missed; none if none was. */
function packages(): readonly string[] {
  const cdkJson = JSON.parse(readFileSync(join(REPOSITORY, 'cdk.json'), 'utf8'));
  const directories = pipelineConfig(cdkJson.context?.pipeline).environments.map(({ name }) =>
    join(REPOSITORY, PACKAGE_DIRECTORY, name),
  );
  if (!directories.some((each) => existsSync(join(each, TEMPLATE)))) return [];
  return directories.map((each) => relative(process.cwd(), each));
}
