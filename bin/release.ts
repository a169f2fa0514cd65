import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { CommandSpec } from '../cli/command-spec';
import { runCommand, start } from '../cli/run-command';
import { OUTCOME_FILES } from '../lib/steps/release-outcome';
import { releaseClients } from '../release/aws/clients';
import { concludeRelease, type DeployContext, prepareRelease } from '../release/deploy/deploy';
import { WORKING_FILES, WorkingFiles } from '../release/deploy/working-files';
import { ReleaseError } from '../release/errors';

const command: CommandSpec<Record<never, never>, 'prepare' | 'conclude'> = {
  call: 'node --import tsx bin/release.ts',
  description: "What the pipeline's Deploy action runs before and after sls deploy.",
  actions: {
    prepare:
      'before sls deploy: records the release and checks that its package may be released; if not, writes the reason ' +
      `to ${WORKING_FILES.directory}/${WORKING_FILES.refusal}`,
    conclude:
      'after sls deploy, or after a prepare that refused: waits until the stack has settled and prints the outcome of ' +
      `the release; writes it to ${OUTCOME_FILES.variables} for the shell, the lifecycle events to ${OUTCOME_FILES.report} ` +
      "as a JUnit report, and the outcome to the environment's ledger",
  },
  options: {},
  notes: [
    'Both read STACK_NAME, STAGE, DEPLOY_REGION, PACKAGE_DIRECTORY and SLS_DEPLOY_STATUS, the exit status of sls deploy, ' +
      "from the environment, as the pipeline's Deploy action sets them; also RELEASE_EXECUTION, RELEASE_COMMIT and " +
      'RELEASE_COMMITTED_AT, if they are set.',
  ],
  exitStatus: {
    0: 'prepared, or concluded with any outcome; the commands that follow read RELEASE_OUTCOME to decide whether it is a failure',
    1: 'the package must not be released, or the outcome cannot be determined; the reason is printed',
  },
  examples: [
    { line: 'node --import tsx bin/release.ts prepare' },
    { line: 'node --import tsx bin/release.ts conclude' },
    { line: 'node --import tsx bin/release.ts', fails: 'no action is given' },
  ],
};

/** Milliseconds between two readings of the stack; osls reads the same variable for its own. */
const interval = Number(process.env.SLS_AWS_MONITORING_FREQUENCY ?? 5_000);

/** Milliseconds after which a stack that is still busy is given up. */
const PATIENCE = 2 * 60 * 60 * 1_000;

const context: DeployContext = {
  shell: process.env,
  clients: releaseClients,
  s3: (region) => new S3Client({ region }),
  workingFiles: new WorkingFiles(),
  outcomeFiles: OUTCOME_FILES,
  say: (line) => console.log(line),
  warn: (line) => console.error(line),
  pause: () => sleep(interval),
  maxReads: Math.ceil(PATIENCE / interval),
};

start((args, streams) =>
  runCommand(command, args, streams, async ({ action }) => {
    try {
      if (action === 'prepare') return (await prepareRelease(context)) ? 0 : 1;
      await concludeRelease(context);
      return 0;
    } catch (error) {
      if (error instanceof ReleaseError) throw error;
      // Unforeseen: the log of the build is all that is left to find the reason.
      console.error(error);
      return 1;
    }
  }),
);
