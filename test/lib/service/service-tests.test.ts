import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommandEnd } from '../../../lib/service/npm';
import { runServiceTests } from '../../../lib/service/service-tests';

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

/** @param files Contents by path; JSON unless they are text. */
async function run(files: Readonly<Record<string, unknown>>, end: CommandEnd = { type: 'exited', status: 0 }) {
  const repository = mkdtempSync(join(tmpdir(), 'service-tests-'));
  directories.push(repository);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  let [stdout, stderr] = ['', ''];
  const npmTest = jest.fn(async (_directory: string) => end);
  const status = await runServiceTests({
    repository,
    npmTest,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return {
    status,
    stdout,
    stderr,
    ran: npmTest.mock.calls.map(([directory]) => directory.slice(repository.length + 1)),
  };
}

function cdkJson(pipeline: Readonly<Record<string, unknown>> = {}) {
  const environments = [{ name: 'prod' }];
  return { context: { pipeline: { repository: 'acme/shop', branch: 'main', environments, ...pipeline } } };
}

const withTests = { scripts: { test: 'node --test' } };

test.each([
  ['service', undefined],
  ['apps/api', 'apps/api'],
])("npm test runs in '%s', and its output is all there is to see when it passes", async (path, serviceDirectory) => {
  const files = { 'cdk.json': cdkJson({ serviceDirectory }), [`${path}/package.json`]: withTests };
  expect(await run(files)).toEqual({ status: 0, stdout: '', stderr: '', ran: [path] });
});

test.each<[CommandEnd, string]>([
  [{ type: 'exited', status: 7 }, 'exit status 7'],
  [{ type: 'signalled', signal: 'SIGKILL' }, 'SIGKILL'],
])('tests that fail are reported as the ones of the service: %j', async (end, how) => {
  expect(await run({ 'cdk.json': cdkJson(), 'service/package.json': withTests }, end)).toMatchObject({
    status: 1,
    stderr:
      `✖ the tests of the service in 'service' failed (${how}); they are the service's own, and what they print is above: ` +
      "'npm test' in that directory runs them alone\n",
  });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['no package.json', { 'service/serverless.yml': '' }, 'there is no service/package.json'],
  ['no test script', { 'service/package.json': { scripts: {} } }, "service/package.json has no script 'test'"],
  [
    'the script that npm init writes',
    { 'service/package.json': { scripts: { test: 'echo "Error: no test specified" && exit 1' } } },
    "the script 'test' in service/package.json is npm's placeholder",
  ],
])('a service with %s has no tests to run, which is not a failure', async (_, files, reason) => {
  expect(await run({ 'cdk.json': cdkJson(), ...files })).toEqual({
    status: 0,
    stdout: `the service in 'service' has no tests to run: ${reason}\n`,
    stderr: '',
    ran: [],
  });
});

test("a service in the repository's root does not run the tests of the pipeline again", async () => {
  const files = { 'cdk.json': cdkJson({ serviceDirectory: '.' }), 'package.json': withTests };
  expect(await run(files)).toMatchObject({ status: 0, ran: [] });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  [
    'a package.json that is not JSON',
    { 'cdk.json': cdkJson(), 'service/package.json': 'scripts:' },
    '✖ cannot read service/package.json: ',
  ],
])('%s is a failure', async (_, files, message) => {
  const { status, stderr, ran } = await run(files);
  expect({ status, ran }).toEqual({ status: 1, ran: [] });
  expect(stderr).toContain(message);
});

test('packages of its own that are not installed are an error, before any test runs', async () => {
  const manifest = { ...withTests, devDependencies: { vitest: '^3' } };
  const files = { 'cdk.json': cdkJson(), 'service/package.json': manifest, 'service/package-lock.json': {} };
  await expect(run(files)).rejects.toThrow("are not installed; run 'npm run install:service'");
});

test('every mistake in cdk.json is reported at once', async () => {
  const pipeline = { branch: '', environments: [{ name: 'Prod' }], serviceDirectory: '../api' };
  await expect(run({ 'cdk.json': cdkJson(pipeline) })).rejects.toThrow(
    /pipeline\.branch: .*\n.*pipeline\.serviceDirectory: .*\n.*pipeline\.environments\[0\]\.name: /,
  );
});
