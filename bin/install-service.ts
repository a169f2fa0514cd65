import { join } from 'node:path';
import type { CommandSpec } from '../cli/command-spec';
import { runCommand, start } from '../cli/run-command';
import { installService } from '../lib/service/install-service';
import { runNpm } from '../lib/service/npm';

const REPOSITORY = join(__dirname, '..');

const command: CommandSpec<Record<never, never>> = {
  call: 'npm run install:service --',
  description:
    "Runs npm ci in the service's directory, which cdk.json names, if the service has packages and a lock file of its own " +
    'and they are not installed yet. A service without has the packages of the repository.',
  options: {},
  exitStatus: { 0: 'the service has its packages', 1: 'they could not be installed, or cdk.json has mistakes' },
  examples: [
    { line: 'npm run install:service' },
    { line: 'npm run install:service -- service', fails: "'service' is not an option" },
  ],
};

start((args, streams) =>
  runCommand(command, args, streams, () =>
    installService({ repository: REPOSITORY, npmCi: (directory) => runNpm(['ci'], directory), ...streams }),
  ),
);
