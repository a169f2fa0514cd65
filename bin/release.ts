import { setTimeout as sleep } from 'node:timers/promises';
import { OUTCOME_FILES } from '../lib/steps/release-outcome';
import { releaseClients } from '../release/aws/clients';
import { concludeRelease, type DeployContext, prepareRelease } from '../release/deploy/deploy';
import { NOTES, Notes } from '../release/deploy/notes';
import { ReleaseError } from '../release/errors';

const usage = `usage: release prepare | conclude

  prepare    before sls deploy: writes the release down and checks that its package may be released; if not, leaves why
             in ${NOTES.directory}/${NOTES.refusal}
  conclude   after sls deploy, or after a prepare that refused: waits until the stack has settled and says what became of
             the release; leaves it for the shell in ${OUTCOME_FILES.variables}, the lifecycle events as a JUnit report
             in ${OUTCOME_FILES.report}, and the outcome in the environment's ledger

They read STACK_NAME, STAGE, DEPLOY_REGION, PACKAGE_DIRECTORY and SLS_DEPLOY_STATUS, the exit status of sls deploy, from
the environment, as the pipeline's Deploy action sets them; also RELEASE_EXECUTION, RELEASE_COMMIT, RELEASE_COMMITTED_AT,
if they are set. Exit status 0: prepared, or concluded, whatever the verdict; whether that is a failure, the commands
after it ask RELEASE_OUTCOME.`;

/** Milliseconds between two looks at the stack; osls reads the same variable for its own looks. */
const interval = Number(process.env.SLS_AWS_MONITORING_FREQUENCY ?? 5_000);
const patience = 2 * 60 * 60 * 1_000;

const context: DeployContext = {
  shell: process.env,
  clients: releaseClients,
  notes: new Notes(),
  files: OUTCOME_FILES,
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
