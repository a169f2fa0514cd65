import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { linkPackages } from '../../../rehearsal/scratch/linked-packages';

let directory: string;
let installed: string;
let checkout: string;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'linked-packages-')));
  installed = join(directory, 'installed');
  checkout = join(directory, 'checkout');
  await mkdir(checkout);
  await mkdir(join(installed, 'node_modules'), { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

const lent = (...path: readonly string[]) => join(checkout, 'node_modules', ...path);
const lender = (...path: readonly string[]) => join(installed, 'node_modules', ...path);

test('packages, scoped ones and dot files included, are those of the lender', async () => {
  for (const path of ['plain/index.js', '@scope/one/index.js', '.cache/sls/schema.js', '.package-lock.json']) {
    await write(lender(path), path);
  }
  await linkPackages(installed, checkout);
  for (const path of ['plain/index.js', '@scope/one/index.js', '.cache/sls/schema.js', '.package-lock.json']) {
    expect(await readFile(lent(path), 'utf8')).toBe(path);
    expect(await realpath(lent(path))).toBe(lender(path));
  }
});

test('a workspace package is that of the checkout, with a scope or without', async () => {
  await link('../guard', lender('guard'));
  await link('../../scoped', lender('@scope/scoped'));
  for (const name of ['guard', 'scoped']) {
    await write(join(installed, name, 'index.js'), 'uncommitted');
    await write(join(checkout, name, 'index.js'), 'committed');
  }
  await linkPackages(installed, checkout);
  expect(await readFile(lent('guard/index.js'), 'utf8')).toBe('committed');
  expect(await readFile(lent('@scope/scoped/index.js'), 'utf8')).toBe('committed');
});

test('a command in .bin runs the package that the checkout has', async () => {
  await link('../guard', lender('guard'));
  await link('../guard/run.js', lender('.bin/guard'));
  await link('../plain/run.js', lender('.bin/plain'));
  await write(lender('plain/run.js'), 'process.stdout.write("of the lender")');
  await write(join(installed, 'guard/run.js'), 'process.stdout.write("uncommitted")');
  await write(join(checkout, 'guard/run.js'), 'process.stdout.write("committed")');
  await linkPackages(installed, checkout);
  const run = (name: string) => execFileSync(process.execPath, [lent('.bin', name)], { encoding: 'utf8' });
  expect(['guard', 'plain'].map(run)).toEqual(['committed', 'of the lender']);
});

test('a link out of the lender’s repository leads to the same place', async () => {
  await write(join(directory, 'elsewhere/index.js'), 'elsewhere');
  await link('../../elsewhere', lender('relative'));
  await link(join(directory, 'elsewhere'), lender('absolute'));
  await linkPackages(installed, join(directory, 'checkout'));
  for (const name of ['relative', 'absolute']) {
    expect(await readlink(lent(name))).toBe(join(directory, 'elsewhere'));
  }
});

test('a checkout that has packages is refused', async () => {
  await mkdir(lent());
  await expect(linkPackages(installed, checkout)).rejects.toThrow('EEXIST');
});
