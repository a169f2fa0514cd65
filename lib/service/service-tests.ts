import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readPipelineConfig } from '../config/cdk-json';
import type { CommandEnd } from './npm';
import { requireServicePackages } from './service-packages';

interface ServiceTestsProps {
  /** Absolute path of the directory that holds cdk.json. */
  readonly repository: string;
  /** Runs `npm test` in a directory and waits until it ends. Its output goes to the person or log that started it. */
  readonly npmTest: (directory: string) => Promise<CommandEnd>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Runs the tests of the configured service as the service itself does: `npm test` in its directory. Whatever fails there is
 * reported as the service's, so that it is not mistaken for a fault of the pipeline.
 *
 * @returns the exit status: 0 if the tests passed or the service has none
 * @throws ConfigError with every mistake in cdk.json
 */
export async function runServiceTests({ repository, npmTest, stdout, stderr }: ServiceTestsProps): Promise<0 | 1> {
  const { serviceDirectory } = readPipelineConfig(repository);
  const service = `the service in '${serviceDirectory}'`;
  const failed = (problem: string) => {
    stderr.write(`✖ ${problem}\n`);
    return 1 as const;
  };
  const tests = findTests(repository, serviceDirectory);
  switch (tests.type) {
    case 'invalid':
      return failed(tests.problem);
    case 'none':
      stdout.write(`${service} has no tests to run: ${tests.reason}\n`);
      return 0;
    case 'npm-test': {
      requireServicePackages(repository, serviceDirectory);
      const end = await npmTest(join(repository, serviceDirectory));
      if (end.type === 'exited' && end.status === 0) return 0;
      const how = end.type === 'exited' ? `exit status ${end.status}` : end.signal;
      return failed(
        `the tests of ${service} failed (${how}); they are the service's own, and what they print is above: ` +
          `'npm test' in that directory runs them alone`,
      );
    }
  }
}

type Tests =
  | { readonly type: 'npm-test' }
  | { readonly type: 'none'; readonly reason: string }
  | { readonly type: 'invalid'; readonly problem: string };

/** What `npm init` writes as the script `test`, which always fails. */
const PLACEHOLDER = 'echo "Error: no test specified" && exit 1';

function findTests(repository: string, serviceDirectory: string): Tests {
  // Without a package.json of its own, npm would find the repository's, and run these tests again.
  if (relative(repository, join(repository, serviceDirectory)) === '') {
    return { type: 'none', reason: "the repository's own package.json belongs to the pipeline" };
  }
  const file = join(serviceDirectory, 'package.json');
  if (!existsSync(join(repository, file))) return { type: 'none', reason: `there is no ${file}` };
  let manifest: { readonly scripts?: { readonly test?: unknown } } | null;
  try {
    manifest = JSON.parse(readFileSync(join(repository, file), 'utf8'));
  } catch (error) {
    return { type: 'invalid', problem: `cannot read ${file}: ${(error as Error).message}; write it as JSON` };
  }
  const script = manifest?.scripts?.test;
  if (script === undefined) return { type: 'none', reason: `${file} has no script 'test'` };
  if (script === PLACEHOLDER) return { type: 'none', reason: `the script 'test' in ${file} is npm's placeholder` };
  return { type: 'npm-test' };
}
