import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { start } from '../cli/run-command';
import { readPipelineConfig } from '../lib/config/cdk-json';
import { staleness } from '../lib/service/package-origin';
import { PACKAGE_DIRECTORY } from '../lib/steps/build-step';
import { runPreflight, TEMPLATE } from '../preflight/command';
import type { StackOfPackage } from '../preflight/deployed';

const REPOSITORY = join(__dirname, '..');

/** Whether it has been said that the packages are stale: they are looked up more than once. */
let warned = false;

/** `npm run preflight`: examines what `npm run package` made, unless the call names another package. */
start((args, streams) =>
  runPreflight(args, {
    ...streams,
    packages,
    traffic: () => join(REPOSITORY, readPipelineConfig(REPOSITORY).serviceDirectory, 'traffic.json'),
    deployed,
    now: Date.now(),
  }),
);

/** Loads the SDK only when it is needed: that takes longer than everything else. */
async function deployed(stack: StackOfPackage) {
  const [{ CloudFormationClient }, { readDeployed }] = await Promise.all([
    import('@aws-sdk/client-cloudformation'),
    import('../preflight/read-deployed'),
  ]);
  return readDeployed(new CloudFormationClient({ region: stack.region }), stack);
}

/**
 * @returns a directory for every environment in cdk.json, so that a missing package is noticed; none if all are missing
 * @throws Error with every mistake in cdk.json, or when the packages are those of another directory
 */
function packages(): readonly string[] {
  const { environments, serviceDirectory } = readPipelineConfig(REPOSITORY);
  const directories = environments.map(({ name }) => join(REPOSITORY, PACKAGE_DIRECTORY, name));
  if (!directories.some((directory) => existsSync(join(directory, TEMPLATE)))) return [];
  const stale = staleness(REPOSITORY, join(REPOSITORY, PACKAGE_DIRECTORY), serviceDirectory);
  if (stale !== undefined && !warned) process.stderr.write(`! ${stale}\n`);
  warned = true;
  return directories.map((directory) => relative(process.cwd(), directory));
}
