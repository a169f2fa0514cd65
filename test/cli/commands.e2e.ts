import { execFile } from 'node:child_process';
import { join } from 'node:path';

const repository = join(__dirname, '../..');

function shell(line: string) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, npm_config_update_notifier: 'false' };
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile('sh', ['-c', line], { cwd: repository, env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

test.each([
  'npm run --silent rehearse --',
  'npm run --silent bench:safety --',
  'npm run --silent preflight --',
  'npm run --silent outcome --',
  'npm run --silent watch --',
  'npm run --silent package --',
  'npx tsx bin/test-service.ts',
  'node --import tsx bin/release.ts',
])('%s --help shows an example that fails, which does with 2 and for that reason', async (call) => {
  const { status, stdout, stderr } = await shell(`${call} --help`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^usage: /);
  const failing = [...stdout.matchAll(/^ {2}(.*?) {2,}fails: (.*)$/gm)];
  expect(failing.length).toBeGreaterThan(0);
  for (const [, line = '', reason = ''] of failing) {
    const ended = await shell(line);
    expect({ line, status: ended.status }).toEqual({ line, status: 2 });
    expect(ended.stderr).toContain(`✖ ${reason}`);
  }
});
