import { setTimeout as sleep } from 'node:timers/promises';
import { VERDICT_FILES } from '../lib/steps/release-verdict';
import { releaseClients } from '../release/clients';
import { conclude } from '../release/conclude';
import { ReleaseError } from '../release/errors';
import { handOver, nobodyKnows } from '../release/handover';
import type { ReleaseOutcome } from '../release/outcome';
import { ServicePackage } from '../release/package';
import { prepare, readBaseline, writeBaseline } from '../release/prepare';
import { render } from '../release/render';

const usage = `usage: release prepare | conclude

  prepare    checks that the package may be released, before sls deploy
  conclude   waits until the stack has settled and says what became of the release, after sls deploy; leaves it for the
             shell in ${VERDICT_FILES.variables}, and the lifecycle events as a JUnit report in ${VERDICT_FILES.report}

They read STACK_NAME, STAGE, DEPLOY_REGION, PACKAGE_DIRECTORY and SLS_DEPLOY_STATUS, the exit status of sls deploy, from
the environment, as the pipeline's Deploy action sets them. Exit status 0: prepared, or concluded, whatever the verdict;
whether that is a failure, the commands after it ask RELEASE_OUTCOME.`;

/** What `prepare` leaves for `conclude`, in the directory of the build. */
const baselineFile = '.release/baseline.json';

/** Milliseconds between two looks at the stack; osls reads the same variable for its own looks. */
const interval = Number(process.env.SLS_AWS_MONITORING_FREQUENCY ?? 5_000);
const patience = 2 * 60 * 60 * 1_000;

async function main(command: string | undefined): Promise<number> {
  if (command === 'prepare') {
    const {
      STACK_NAME: stackName,
      STAGE: stage,
      DEPLOY_REGION: region,
      PACKAGE_DIRECTORY: directory,
    } = required(['STACK_NAME', 'STAGE', 'DEPLOY_REGION', 'PACKAGE_DIRECTORY']);
    const attempt = process.env.CODEBUILD_BUILD_ID ?? new Date().toISOString();
    const service = ServicePackage.read(directory);
    const prepared = await prepare(releaseClients(region), { stackName, stage, region }, service, attempt);
    writeBaseline(baselineFile, prepared.baseline);
    console.log(`✔ package of ${stackName} for ${region} is ready to be released`);
    for (const name of prepared.retried) {
      console.log(
        `  ${name}: this code was released before and rolled back; it gets a new version and a canary of its own`,
      );
    }
    return 0;
  }
  if (command === 'conclude') {
    const { STACK_NAME: stackName, DEPLOY_REGION: region } = required(['STACK_NAME', 'DEPLOY_REGION']);
    const outcome = await concluded(region).catch((error: unknown) => {
      if (!(error instanceof ReleaseError)) console.error(error);
      return nobodyKnows(stackName, error);
    });
    console.log(render(outcome));
    handOver(outcome, VERDICT_FILES);
    return 0;
  }
  throw new ReleaseError('USAGE', usage);
}

async function concluded(region: string): Promise<ReleaseOutcome> {
  return conclude(releaseClients(region), readBaseline(baselineFile), {
    // A build that failed otherwise, or whose shell lost the status of sls, has not deployed.
    deployed: process.env.SLS_DEPLOY_STATUS === '0' && process.env.CODEBUILD_BUILD_SUCCEEDING !== '0',
    pause: () => sleep(interval),
    looks: Math.ceil(patience / interval),
    onWaiting: (status) => console.log(`… waiting for the stack to settle (${status})`),
  });
}

function required<const K extends string>(names: readonly K[]): Record<K, string> {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new ReleaseError('USAGE', `${missing.join(', ')} not set\n\n${usage}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<K, string>;
}

main(process.argv[2]).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof ReleaseError ? `✖ ${error.message}` : error);
    process.exitCode = 1;
  },
);
