import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { start } from '../cli/run-command';
import { readPipelineConfig } from '../lib/config/cdk-json';
import { staleness } from '../lib/service/package-origin';
import { PACKAGE_DIRECTORY } from '../lib/steps/build-step';
import { runPreflight, TEMPLATE } from '../preflight/command';
import type { StackOfPackage } from '../preflight/deployed';
import type { RuleProblem } from '../preflight/rules/rule';

const REPOSITORY = join(__dirname, '..');

/** Whether it has been said that the packages are stale: they are looked up more than once. */
let warned = false;

/** `npm run preflight`: examines what `npm run package` made, unless the call names another package. */
start((args, streams) =>
  runPreflight(args, {
    ...streams,
    packages,
    traffic: () => join(REPOSITORY, readPipelineConfig(REPOSITORY).serviceDirectory, 'traffic.json'),
    contract,
    deployed,
    now: Date.now(),
  }),
);

/** Loads the CDK, from which the pipeline's permissions come, only when it is needed. */
async function contract(directory: string): Promise<readonly RuleProblem[]> {
  const [{ readPackagedService }, { findBreaches }] = await Promise.all([
    import('../lib/service/contract/packaged-service'),
    import('../lib/service/contract/check-contract'),
  ]);
  const config = readPipelineConfig(REPOSITORY);
  const environment = config.environments.find(({ name }) => name === basename(directory));
  if (environment === undefined) return [];
  return findBreaches(readPackagedService(directory, environment, config)).map(
    ({ severity, path, value, problem, remedy }) => ({
      severity,
      where: { path },
      why: value === undefined ? problem : `${value}: ${problem}`,
      fix: remedy,
    }),
  );
}

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
