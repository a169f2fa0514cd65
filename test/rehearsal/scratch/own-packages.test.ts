import { mkdir, mkdtemp, readFile, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installedPackages } from '../../../rehearsal/pipeline/codebuild/installed-packages';
import { linkOwnPackages } from '../../../rehearsal/scratch/own-packages';
import { Scratch } from '../../../rehearsal/scratch/scratch';

const LOCK = {
  packages: {
    '': {},
    plugin: {},
    'node_modules/money': { version: '1.0.0' },
    'node_modules/plugin': { resolved: 'plugin', link: true },
  },
};
const { '': _root, plugin: _source, ...INSTALLED } = LOCK.packages;

let directory: string;
let workTree: string;
let checkout: string;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'own-packages-')));
  workTree = join(directory, 'work-tree');
  checkout = join(directory, 'checkout');
  await write('checkout/apps/api/package-lock.json', LOCK);
  await write('checkout/apps/api/plugin/index.js', 'committed');
  await write('work-tree/apps/api/plugin/index.js', 'uncommitted');
  await write('work-tree/apps/api/node_modules/.package-lock.json', { packages: INSTALLED });
  await write('work-tree/apps/api/node_modules/.installed-lock.json', 'of an older lock file');
  await write('work-tree/apps/api/node_modules/money/index.js', 'money');
  await symlink('../plugin', join(workTree, 'apps/api/node_modules/plugin'));
  // The root's packages have the same name as those of the service.
  await write('work-tree/node_modules/money/index.js', 'of the root');
});
afterEach(() => rm(directory, { recursive: true }));

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const lent = (path: string) => readFile(join(checkout, 'apps/api/node_modules', path), 'utf8');

describe('a checkout', () => {
  test("has a service's own packages, with the commit's source of what is linked, and the record of its lock file", async () => {
    expect(await linkOwnPackages(workTree, checkout)).toEqual([]);
    expect(await lent('money/index.js')).toBe('money');
    expect(await lent('plugin/index.js')).toBe('committed');
    expect(await lent('.installed-lock.json')).toBe(JSON.stringify(LOCK));
    expect(await readFile(join(workTree, 'apps/api/node_modules/.installed-lock.json'), 'utf8')).toBe(
      'of an older lock file',
    );
  });

  test.each<[string, () => Promise<void>]>([
    [
      'of another version',
      () =>
        write('work-tree/apps/api/node_modules/.package-lock.json', {
          packages: { ...INSTALLED, 'node_modules/money': { version: '2.0.0' } },
        }),
    ],
    ['that are missing', () => rm(join(workTree, 'apps/api/node_modules'), { recursive: true })],
  ])('does not have packages %s, and its directory is named', async (_, change) => {
    await change();
    expect(await linkOwnPackages(workTree, checkout)).toEqual(['apps/api']);
    await expect(lent('money/index.js')).rejects.toThrow('ENOENT');
  });

  test('has the packages that npm installed into a workspace', async () => {
    await rm(join(checkout, 'apps/api/package-lock.json'));
    await write('checkout/package-lock.json', { packages: { 'apps/api/node_modules/money': { version: '1.0.0' } } });
    expect(await linkOwnPackages(workTree, checkout)).toEqual([]);
    expect(await lent('money/index.js')).toBe('money');
  });
});

describe('the cache of the first build', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await Scratch.open();
  });
  afterAll(() => scratch.close());

  function seed(...patterns: readonly string[]): Promise<boolean> {
    const paths = patterns.map((pattern) => ({ pattern, directory: join(checkout, pattern) }));
    return installedPackages(workTree, scratch)(paths, checkout);
  }

  test("has a service's own packages, not those of the root", async () => {
    await write('checkout/package-lock.json', { packages: { 'node_modules/money': { version: '3.0.0' } } });
    await write('work-tree/node_modules/.package-lock.json', {
      packages: { 'node_modules/money': { version: '3.0.0' } },
    });
    expect(await seed('node_modules', 'apps/api/node_modules')).toBe(true);
    expect(await lent('money/index.js')).toBe('money');
    expect(await lent('plugin/index.js')).toBe('committed');
    expect(await lent('.installed-lock.json')).toBe(JSON.stringify(LOCK));
    expect(await readlink(join(checkout, 'apps/api/node_modules/plugin'))).toBe('../plugin');
    expect(await readFile(join(checkout, 'node_modules/money/index.js'), 'utf8')).toBe('of the root');
  });

  test('does not have packages of a service that differ from its lock file', async () => {
    await write('checkout/apps/api/package-lock.json', { packages: { 'node_modules/money': { version: '2.0.0' } } });
    expect(await seed('apps/api/node_modules')).toBe(false);
    await expect(lent('money/index.js')).rejects.toThrow('ENOENT');
  });

  test('has the packages of the root only together with those that npm installed into its workspaces', async () => {
    await rm(join(checkout, 'apps/api/package-lock.json'));
    const packages = {
      'node_modules/money': { version: '3.0.0' },
      'apps/api/node_modules/money': { version: '1.0.0' },
    };
    await write('checkout/package-lock.json', { packages });
    await write('work-tree/node_modules/.package-lock.json', { packages });
    expect(await seed('node_modules')).toBe(false);
    expect(await seed('node_modules', 'apps/api/node_modules')).toBe(true);
    expect(await lent('money/index.js')).toBe('money');
  });
});
