import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runPreflight } from '../../preflight/command';

const directory = join(__dirname, 'fixtures/article');

/** Runs the command on the article's service, as `sls package` left it. */
async function article(args: readonly string[] = []) {
  let [stdout, stderr] = ['', ''];
  const status = await runPreflight(['--service', relative(process.cwd(), directory), ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    packages: () => [],
    contract: async () => [],
    traffic: () => 'none',
    deployed: async ({ stackName, region }) => ({ type: 'nothing', stackName, region }),
    now: Date.parse('2026-11-20'),
  });
  return { status, stdout, stderr };
}

test('the article’s three mistakes are errors, each with its rule, its location and its fix', async () => {
  const { status, stdout } = await article(['--json']);
  const [{ findings }] = JSON.parse(stdout);
  const errors = findings.filter(({ severity }: { severity: string }) => severity === 'error');
  expect(status).toBe(1);
  expect(errors).toMatchObject([
    { rule: 'minimum-of-errors', where: { function: 'hello', alarm: 'HelloErrorAlarm' } },
    {
      rule: 'alarm-wrong-name',
      where: { alarm: 'ErrorAlarm' },
      fix: expect.stringContaining('write HelloErrorAlarm in'),
    },
    {
      rule: 'alarm-diluted',
      where: { alarm: 'HelloErrorAlarm' },
      why: expect.stringContaining('keep the minimum at 0'),
    },
  ]);
});

test('the report lists them by function, with the power of the alarm', async () => {
  const { stdout } = await article();
  expect(stdout).toBe(readFileSync(join(directory, 'findings.txt'), 'utf8'));
});

test('JSON has the alarm’s power as numbers: it stops no release, however bad', async () => {
  const [{ power, comparedWithDeployed }] = JSON.parse((await article(['--json'])).stdout);
  expect(comparedWithDeployed).toBe(false);
  expect(power).toHaveLength(1);
  expect(power[0]).toMatchObject({ logicalId: 'HelloErrorAlarm', shift: 'Canary10Percent5Minutes', type: 'computed' });
  expect(power[0].stopsBad.at(-1)).toEqual({ fails: 1, chance: 0 });
});

test('compared with itself as what is live nothing has changed, and the report says nothing about the comparison', async () => {
  const { stdout } = await article(['--deployed', join(directory, 'cloudformation-template-update-stack.json')]);
  expect(stdout).toMatch(/✖ 3 errors, 3 warnings\n$/);
});
