import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdkCliVersion } from '../../../lib/config/cdk-cli-version';
import { REPOSITORY } from '../test-app';

test('the version is the one of the installed CLI', () => {
  const { version } = require('aws-cdk/package.json');
  expect(cdkCliVersion(join(REPOSITORY, 'package-lock.json'))).toBe(version);
});

test('a lock file without the CLI is refused with the remedy', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lock-file-'));
  const lockFile = join(directory, 'package-lock.json');
  writeFileSync(lockFile, '{ "lockfileVersion": 3, "packages": {} }');
  try {
    expect(() => cdkCliVersion(lockFile)).toThrow(
      `${lockFile} contains no version of aws-cdk; run "npm install --save-dev --save-exact aws-cdk@2" and commit the file`,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});
