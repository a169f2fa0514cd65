import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentStack } from '../lib/service/environment-stack';
import { releaseClients } from '../release/aws/clients';
import { type CommandName, runCommand } from '../release/cli/command';

const REPOSITORY = join(__dirname, '..');

/** Milliseconds between two looks of `watch`; osls reads the same variable for its own looks. */
const INTERVAL = Number(process.env.SLS_AWS_MONITORING_FREQUENCY ?? 5_000);

/** Starts a command with this process's arguments and streams. */
export async function startCommand(name: CommandName): Promise<void> {
  try {
    process.exitCode = await runCommand(name, process.argv.slice(2), {
      stdout: process.stdout,
      stderr: process.stderr,
      shell: process.env,
      environmentStack: (environment) => environmentStack(environment, REPOSITORY, process.env),
      clients: releaseClients,
      pause: () => sleep(INTERVAL),
    });
  } catch (error) {
    console.error(`✖ ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
