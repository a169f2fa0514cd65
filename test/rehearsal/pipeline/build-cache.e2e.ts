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

/** Every test has a cache of its own. */
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

test('a build with the same key finds what the first one left, in the source and in its home', async () => {
  await bench.build(install('one'));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
  expect(bench.notes).toEqual([expect.stringMatching(/^cache npm-[0-9a-f]{64}: found$/)]);
});

test('another key starts from the newest entry of its prefix, which stays as it was', async () => {
  await bench.build(install('one'));
  await bench.build(install('two'));
  expect(bench.output).toEqual(['found one', 'one']);
  expect(bench.notes).toEqual([expect.stringMatching(/: an older one found$/)]);
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
  await bench.build(install('two'));
  expect(bench.output).toEqual(['found two', 'one', 'two']);
});

test('a build that fails its tests gives back what it found', async () => {
  await bench.build(install('one'));
  await bench.build(install('one', { phases: { build: { commands: ['false'] } } }));
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
});

test('what a failed installation left is not kept', async () => {
  const broken = { phases: { install: { commands: ['rm -rf node_modules; mkdir node_modules; false'] } } };
  await bench.build(install('one'));
  await bench.build(install('one', broken));
  await bench.build(install('one'));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('two', broken));
  await bench.build(install('two', { cache: { 'fallback-keys': [] } }));
  expect(bench.output).toEqual(['empty']);
});

test('a project with another cache, with none or with other paths finds nothing', async () => {
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

test('a buildspec can only restore, or only save', async () => {
  await bench.build(install('one', { cache: { action: 'restore' } }));
  await bench.build(install('one', { cache: { action: 'save' } }));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('one', { cache: { action: 'save' } }));
  expect(bench.output).toEqual(['empty']);
  await bench.build(install('one'));
  expect(bench.output).toEqual(['found one', 'one']);
});

test('without a key there is one entry, which each build replaces', async () => {
  await bench.build(install('one', { cache: { key: undefined } }));
  await bench.build(install('two', { cache: { key: undefined } }));
  await bench.build(install('two', { cache: { key: undefined } }));
  expect(bench.output).toEqual(['found two', 'one', 'two']);
});

test('paths that are no directories below the source or /root are refused', async () => {
  const paths = ['dist/*.js', '/var/cache/**/*'];
  await expect(bench.build(install('one', { cache: { paths } }))).rejects.toThrow(
    [
      'cannot rehearse the cache of a buildspec:',
      '  cache.paths[0] is "dist/*.js": name a directory, with nothing but /**/* after it',
      '  cache.paths[1] is "/var/cache/**/*": must be relative to the source or below /root',
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

  test('are found by the first build whose lock file wants them, and from then on come from the cache', async () => {
    await bench.build(wanting(LOCK));
    expect(bench.output).toEqual(['installed']);
    expect(bench.notes).toEqual([expect.stringMatching(/: taken from the packages installed in the work tree$/)]);
    await cp('/dev/null', join(bench.scratch.path, 'person/node_modules/a/index.js'));
    await bench.build(wanting(LOCK));
    expect(bench.output).toEqual(['installed']);
  });

  test('are not given to a commit that wants other ones', async () => {
    await bench.build(wanting(LOCK.replace('sha512-a', 'sha512-b')));
    expect(bench.output[0]).toBe('empty');
    expect(bench.notes).toEqual([expect.stringMatching(/: empty$/)]);
  });
});
