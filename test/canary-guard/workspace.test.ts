import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scripts } from '../../package.json';
import lock from '../../package-lock.json';

test('npm installs everything into the node_modules of the root, which is all that a build caches', () => {
  const paths = Object.keys(lock.packages).filter((path) => path.includes('node_modules/'));
  expect(paths.filter((path) => !path.startsWith('node_modules/'))).toEqual([]);
});

describe('npm run install:locked', () => {
  const LINK = 'node_modules/serverless-canary-guard';
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'install-locked-'));
    for (const path of ['node_modules/.bin', 'canary-guard', 'path'])
      mkdirSync(join(directory, path), { recursive: true });
    for (const path of ['package-lock.json', 'node_modules/.installed-lock.json'])
      writeFileSync(join(directory, path), '{}');
    symlinkSync('../jest/bin/jest.js', join(directory, 'node_modules/.bin/jest'));
    symlinkSync('../canary-guard', join(directory, LINK));
    writeFileSync(join(directory, 'path/npm'), '#!/bin/sh\necho "$@" > installed\n');
    chmodSync(join(directory, 'path/npm'), 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function installs(): boolean {
    const PATH = `${join(directory, 'path')}:${process.env.PATH}`;
    execFileSync('/bin/sh', ['-c', scripts['install:locked']], { cwd: directory, env: { PATH } });
    return existsSync(join(directory, 'installed'));
  }

  test('installs nothing if the packages of the lock file are there', () => {
    expect(installs()).toBe(false);
  });

  test.each<[string, () => void]>([
    ['of another lock file', () => writeFileSync(join(directory, 'package-lock.json'), '{ "packages": {} }')],
    ['without the link to canary-guard', () => rmSync(join(directory, LINK))],
    [
      'with a copy in place of that link',
      () => {
        rmSync(join(directory, LINK));
        mkdirSync(join(directory, LINK));
      },
    ],
    [
      'with a link to another canary-guard',
      () => {
        rmSync(join(directory, LINK));
        symlinkSync('/elsewhere/canary-guard', join(directory, LINK));
      },
    ],
    ['without the commands', () => rmSync(join(directory, 'node_modules/.bin/jest'))],
  ])('installs again over packages %s', (_, change) => {
    change();
    expect(installs()).toBe(true);
  });
});
