import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildCache } from '../../../rehearsal/pipeline/codebuild/cache';
import { installedPackages } from '../../../rehearsal/pipeline/codebuild/installed-packages';
import { type BenchBuild, BuildBench } from './build-bench';

const INSTALL = `
  test -e node_modules/lock && echo "found $(cat node_modules/lock)" || echo empty
  cmp -s lock node_modules/lock || { rm -rf node_modules; mkdir node_modules; cp lock node_modules/; }
  ls "$HOME/.npm" 2>/dev/null; mkdir -p "$HOME/.npm"; touch "$HOME/.npm/$(cat lock)"`;

let bench: BuildBench;

beforeAll(async () => {
  bench = await BuildBench.open((scratch) => ({
    cache: new BuildCache(scratch, installedPackages(join(scratch.path, 'person'), scratch)),
  }));
});

afterAll(() => bench.close());

/** Each test has its own cache. */
const cacheName = () => `bucket#${expect.getState().currentTestName}`;

function install(
  lock: string,
  more: { phases?: object; cache?: object; project?: BenchBuild['project'] } = {},
): BenchBuild {
  return {
    buildspec: {
      phases: { install: { commands: [INSTALL] }, ...more.phases },
      cache: {
        key: 'npm-$(codebuild-hash-files lock)',
        'fallback-keys': ['npm-'],
        paths: ['node_modules/**/*', '/root/.npm/**/*'],
        ...more.cache,
      },
    },
    source: { lock },
    project: { cache: cacheName(), ...more.project },
  };
}

test('a build with the same key finds what the first one cached, in the source and in its home directory', async () => {
  await bench.build(install('one'));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
  expect(bench.notes).toEqual([expect.stringMatching(/^cache npm-[0-9a-f]{64}: found$/)]);
});

test('a build with another key starts from the newest entry of its prefix, which is not changed', async () => {
  await bench.build(install('one'));
  await bench.build(install('two'));
  expect(bench.output).toEqual(['found one', 'one']);
  expect(bench.notes).toEqual([expect.stringMatching(/: not found, using an older entry$/)]);
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
  await bench.build(install('two'));
  expect(bench.output).toEqual(['found two', 'one', 'two']);
});

test('a build with failing tests returns its entry to the cache', async () => {
  await bench.build(install('one'));
  await bench.build(install('one', { phases: { build: { commands: ['false'] } } }));
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
});

test('the result of a failed installation is not cached', async () => {
  const broken = { phases: { install: { commands: ['rm -rf node_modules; mkdir node_modules; false'] } } };
  await bench.build(install('one'));
  await bench.build(install('one', broken));
  await bench.build(install('one'));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('two', broken));
  await bench.build(install('two', { cache: { 'fallback-keys': [] } }));
  expect(bench.output).toEqual(['empty']);
});

test('a project with another cache, without a cache or with other paths finds nothing', async () => {
  await bench.build(install('one'));
  for (const build of [
    install('one', { project: { cache: 'bucket#other' } }),
    install('one', { project: { cache: undefined } }),
    install('one', { cache: { paths: ['node_modules/**/*'] } }),
  ]) {
    await bench.build(build);
    expect(bench.output).toEqual(['empty']);
  }
});

test('a buildspec can be limited to restoring or saving', async () => {
  await bench.build(install('one', { cache: { action: 'restore' } }));
  await bench.build(install('one', { cache: { action: 'save' } }));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('one', { cache: { action: 'save' } }));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
});

test('without a key there is a single entry, which each build replaces', async () => {
  await bench.build(install('one', { cache: { key: undefined } }));
  await bench.build(install('two', { cache: { key: undefined } }));
  await bench.build(install('two', { cache: { key: undefined } }));
  expect(bench.output).toEqual(['found two', 'one', 'two']);
});

test('paths other than directories in the source or in /root are refused', async () => {
  const paths = ['dist/*.js', '/var/cache/**/*'];
  await expect(bench.build(install('one', { cache: { paths } }))).rejects.toThrow(
    [
      'cannot rehearse the cache of a buildspec:',
      '  cache.paths[0] is "dist/*.js": must be a directory, optionally followed by /**/*',
      '  cache.paths[1] is "/var/cache/**/*": must be relative to the source or in /root',
    ].join('\n'),
  );
});

describe('the packages installed in the work tree', () => {
  const LOCK = JSON.stringify({
    packages: {
      '': { name: 'root' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/windows-only': { version: '1.0.0', integrity: 'sha512-w', optional: true },
    },
  });
  const wanting = (lock: string): BenchBuild => ({
    source: { 'package-lock.json': lock },
    project: { cache: cacheName() },
    buildspec: {
      phases: {
        install: {
          commands: [
            'cat node_modules/a/index.js 2>/dev/null || echo empty',
            'cmp package-lock.json node_modules/.installed-lock.json',
          ],
        },
      },
      cache: { key: 'npm-$(codebuild-hash-files package-lock.json)', paths: ['node_modules/**/*'] },
    },
  });

  beforeAll(async () => {
    const modules = join(bench.scratch.path, 'person/node_modules');
    await mkdir(join(modules, 'a'), { recursive: true });
    await writeFile(join(modules, 'a/index.js'), 'installed\n');
    const { '': _root, 'node_modules/windows-only': _optional, ...packages } = JSON.parse(LOCK).packages;
    await writeFile(join(modules, '.package-lock.json'), JSON.stringify({ packages }));
  });

  test('are used by the first build whose lock file requires them, and then come from the cache', async () => {
    await bench.build(wanting(LOCK));
    expect(bench.output).toEqual(['installed']);
    expect(bench.notes).toEqual([expect.stringMatching(/: not found, using the packages installed in the work tree$/)]);
    await cp('/dev/null', join(bench.scratch.path, 'person/node_modules/a/index.js'));
    await bench.build(wanting(LOCK));
    expect(bench.output).toEqual(['installed']);
  });

  test('are not used for a commit that requires others', async () => {
    await bench.build(wanting(LOCK.replace('sha512-a', 'sha512-b')));
    expect(bench.output[0]).toBe('empty');
    expect(bench.notes).toEqual([expect.stringMatching(/: not found$/)]);
  });
});
