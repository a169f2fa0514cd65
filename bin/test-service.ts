import { join } from 'node:path';
import type { CommandSpec } from '../cli/command-spec';
import { runCommand, start } from '../cli/run-command';
import { runNpm } from '../lib/service/npm';
import { runServiceTests } from '../lib/service/service-tests';

const REPOSITORY = join(__dirname, '..');

const command: CommandSpec<Record<never, never>> = {
  call: 'npx tsx bin/test-service.ts',
  description:
    "The second half of npm test: runs npm test in the service's directory, which cdk.json names. A service without a " +
    'package.json or without a test script has no tests to run.',
  options: {},
  exitStatus: { 0: "the service's tests passed, or it has none", 1: 'they failed, or cdk.json has mistakes' },
  examples: [
    { line: 'npx tsx bin/test-service.ts' },
    { line: 'npx tsx bin/test-service.ts service', fails: "'service' is not an option" },
  ],
};

start((args, streams) =>
  runCommand(command, args, streams, () =>
    runServiceTests({ repository: REPOSITORY, npmTest: (directory) => runNpm(['test'], directory), ...streams }),
  ),
);
