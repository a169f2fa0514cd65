import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkPackages } from '../../../rehearsal/scratch/linked-packages';
import { REPOSITORY } from '../test-app';

const directory = mkdtempSync(join(tmpdir(), 'function-code-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The part of the repository that a synthesis needs. */
const SOURCES = [
  ...['aws-rules', 'bin', 'canary-guard', 'lib', 'release', 'service'],
  ...['cdk.json', 'buildspec.yml', 'package.json', 'package-lock.json'],
];

/**
 * @returns The directories of the functions' code, relative to the assembly. Their names contain the hash of the
 * content.
 */
function synthesise(repository: string, assembly: string): string[] {
  execFileSync(process.execPath, [require.resolve('aws-cdk/bin/cdk'), 'synth', '--quiet', '--output', assembly], {
    cwd: repository,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', CDK_VALIDATION: 'false' },
    stdio: 'pipe',
  });
  return readdirSync(assembly).filter((name) => name.startsWith('asset.'));
}

const assembly = join(directory, 'assembly');
const assets = synthesise(REPOSITORY, assembly);

function bundle(entry: string): { readonly file: string; readonly bytes: number; readonly sources: string[] } {
  const asset = assets.find((name) => readdirSync(join(assembly, name)).includes(`${entry}.js`)) as string;
  const file = join(assembly, asset, `${entry}.js`);
  return { file, bytes: statSync(file).size, sources: JSON.parse(readFileSync(`${file}.map`, 'utf8')).sources };
}

const ENTRIES = ['canary-action', 'notifier', 'alarm-board'];

test.each(ENTRIES)(
  'the bundle of %s is small, contains the AWS SDK but not zod, and needs no other files to start',
  (entry) => {
    const { file, bytes, sources } = bundle(entry);
    expect(bytes).toBeLessThan(1024 * 1024);
    expect(sources).toContain(`bin/${entry}.ts`);
    expect(sources.filter((source) => source.includes('node_modules/zod/'))).toEqual([]);
    const start = `process.stdout.write(typeof require(${JSON.stringify(file)}).handler)`;
    const env = { PATH: process.env.PATH, AWS_REGION: 'eu-central-1' };
    expect(execFileSync(process.execPath, ['-e', start], { env, encoding: 'utf8', stdio: 'pipe' })).toBe('function');
  },
);

test('the source map leads from an error to the line of the source', () => {
  const { sources } = bundle('notifier');
  const path = createRequire(__filename).resolve('../../../release/notify/notifier');
  expect(sources.map((source) => join(REPOSITORY, source))).toContain(path);
});

test('the same sources have the same hash in another directory, with linked packages', async () => {
  const clone = join(directory, 'another/clone');
  for (const name of SOURCES) cpSync(join(REPOSITORY, name), join(clone, name), { recursive: true });
  await linkPackages(REPOSITORY, clone);
  expect(assets).toHaveLength(ENTRIES.length);
  expect(synthesise(clone, join(clone, 'cdk.out'))).toEqual(assets);
});
