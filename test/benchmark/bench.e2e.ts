import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageService } from '../../benchmark/packaged-service';

const root = join(__dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'bench-safety-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

function bench(
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  const all = ['--import', 'tsx', 'benchmark/main.ts', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { cwd: root, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

test('a quick comparison of two faults: ours stops both, and the same command writes the same files', async () => {
  const args = [
    '--quick',
    '--seeds',
    '6',
    '--only',
    'throws-always,wrong-body',
    '--configuration',
    'article-attached,php-post,ours',
  ];
  const written = (name: string) =>
    ['safety.md', 'safety.json'].map((file) => readFileSync(join(directory, name, file), 'utf8'));
  for (const name of ['once', 'again']) {
    const { status, stderr } = await bench(...args, '--out', join(directory, name));
    expect({ status, stderr }).toMatchObject({ status: 0 });
  }
  expect(written('again')).toEqual(written('once'));
  const { cells } = JSON.parse(written('once')[1]!);
  const stopped = Object.fromEntries(
    cells.map((cell: { row: string; configuration: string; stopped: { count: number } }) => [
      `${cell.row} ${cell.configuration}`,
      cell.stopped.count,
    ]),
  );
  expect(stopped).toEqual({
    'throws-always article-attached': 0,
    'throws-always php-post': 6,
    'throws-always ours': 6,
    'wrong-body article-attached': 0,
    'wrong-body php-post': 0,
    'wrong-body ours': 6,
  });
});

test('docs/safety.json is about the service as it is packaged now; if not, run npm run bench:safety', async () => {
  const { service, configurations } = await packageService();
  const written = JSON.parse(readFileSync(join(root, 'docs/safety.json'), 'utf8'));
  const ours = (all: readonly { readonly name: string }[]) => all.filter(({ name }) => name.startsWith('ours'));
  expect(written.service).toEqual(JSON.parse(JSON.stringify(service)));
  expect(ours(written.configurations)).toEqual(JSON.parse(JSON.stringify(configurations)));
});

test('a call with mistakes plays nothing, and reports all of them with the usage', async () => {
  const { status, stderr } = await bench('--only', 'throws', '--seeds', 'some');
  expect(status).toBe(2);
  expect(stderr).toContain("✖ '--only throws' is not a kind of release; write one of throws-always, ");
  expect(stderr).toContain("✖ '--seeds some' is not a whole number");
  expect(stderr).toContain('usage: npm run bench:safety');
});
