import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../cli/run-command';
import { environmentStack } from '../lib/service/environment-stack';
import { releaseClients } from '../release/aws/clients';
import { type ReleaseCommandName, runReleaseCommand } from '../release/cli/command';

const REPOSITORY = join(__dirname, '..');

/** Milliseconds between two readings of `watch`; osls reads the same variable for its own. */
const INTERVAL = Number(process.env.SLS_AWS_MONITORING_FREQUENCY ?? 5_000);

/** Starts a command with this process's arguments and streams. */
export function startCommand(name: ReleaseCommandName): void {
  start((args) =>
    runReleaseCommand(name, args, {
      stdout: process.stdout,
      stderr: process.stderr,
      shell: process.env,
      environmentStack: (environment) => environmentStack(environment, REPOSITORY, process.env),
      clients: releaseClients,
      pause: () => sleep(INTERVAL),
    }),
  );
}
