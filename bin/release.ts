import { setTimeout as sleep } from 'node:timers/promises';
import { OUTCOME_FILES } from '../lib/steps/release-outcome';
import { releaseClients } from '../release/aws/clients';
import { concludeRelease, type DeployContext, prepareRelease } from '../release/deploy/deploy';
import { WORKING_FILES, WorkingFiles } from '../release/deploy/working-files';
import { ReleaseError } from '../release/errors';

const usage = `usage: release prepare | conclude

  prepare    before sls deploy: records the release in the environment's ledger and checks that its package may be
             released; if not, writes the reason to ${WORKING_FILES.directory}/${WORKING_FILES.refusal}
  conclude   after sls deploy, or after a prepare that refused: waits until the stack has settled, prints the outcome of
             the release and records it in the ledger; writes it as shell variables to ${OUTCOME_FILES.variables}, and the
             lifecycle events as a JUnit report to ${OUTCOME_FILES.report}

Both read STACK_NAME, STAGE, DEPLOY_REGION, PACKAGE_DIRECTORY and SLS_DEPLOY_STATUS, the exit status of sls deploy, from
the environment, where the pipeline's Deploy action sets them; also RELEASE_EXECUTION, RELEASE_COMMIT and
RELEASE_COMMITTED_AT, if they are set. Exit status 0: prepared, or concluded, whatever the outcome. The commands after
conclude check RELEASE_OUTCOME and fail when the release did.`;

/** Milliseconds between two reads of the stack; osls uses the same variable for its own polling. */
const interval = Number(process.env.SLS_AWS_MONITORING_FREQUENCY ?? 5_000);
const patience = 2 * 60 * 60 * 1_000;

const context: DeployContext = {
  shell: process.env,
  clients: releaseClients,
  workingFiles: new WorkingFiles(),
  outcomeFiles: OUTCOME_FILES,
  say: (line) => console.log(line),
  warn: (line) => console.error(line),
  pause: () => sleep(interval),
  looks: Math.ceil(patience / interval),
};

async function main(command: string | undefined): Promise<number> {
  if (command === 'prepare') return (await prepareRelease(context)) ? 0 : 1;
  if (command !== 'conclude') throw new ReleaseError('USAGE', usage);
  await concludeRelease(context);
  return 0;
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
