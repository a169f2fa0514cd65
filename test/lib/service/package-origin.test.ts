import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { forgetOrigin, recordOrigin, staleness } from '../../../lib/service/package-origin';

let repository: string;
let packages: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'package-origin-'));
  packages = join(repository, '.package');
  mkdirSync(packages);
  for (const path of ['cdk.json', ...NAMES.map((name) => `apps/api/${name}`)]) write(path, path);
  recordOrigin(repository, packages, 'apps/api');
});
afterEach(() => rmSync(repository, { recursive: true }));

const NAMES = ['serverless.yml', 'src/handler.ts', 'checks.json', 'traffic.json', 'node_modules/a.js', '.esbuild/a.js'];

function write(path: string, content: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), content);
}

const stale = (serviceDirectory = 'apps/api') => staleness(repository, packages, serviceDirectory);

test('packages of the service as it is are not stale, whatever else has changed', () => {
  for (const path of ['apps/api/traffic.json', 'apps/api/node_modules/a.js', 'apps/api/.esbuild/a.js', 'README.md']) {
    write(path, 'changed');
  }
  expect(stale()).toBeUndefined();
});

test('files that have changed since are named', () => {
  write('apps/api/src/handler.ts', 'changed');
  write('cdk.json', '{}');
  expect(stale()).toBe(
    "the packages were made before cdk.json, apps/api/src/handler.ts changed; run 'npm run package'",
  );
  rmSync(join(repository, 'apps/api'), { recursive: true });
  mkdirSync(join(repository, 'apps/api'));
  expect(stale()).toMatch(/before cdk\.json, \S+, \S+ and 1 more changed;/);
});

test('packages of another directory are refused', () => {
  write('service/serverless.yml', '');
  expect(() => stale('service')).toThrow(
    "the packages were made from 'apps/api', and \"serviceDirectory\" in cdk.json is 'service'; run 'npm run package'",
  );
});

test('packages whose making was interrupted are not taken for those of the service', () => {
  forgetOrigin(packages);
  expect(stale()).toBe("the last 'npm run package' did not end well; run it again");
});
