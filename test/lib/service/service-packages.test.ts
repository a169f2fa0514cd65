import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireServicePackages, servicePackages } from '../../../lib/service/service-packages';

let repository: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'service-packages-'));
});
afterEach(() => rmSync(repository, { recursive: true }));

/** @param files Contents by path, as JSON. */
function write(files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), JSON.stringify(content));
  }
}

const manifest = { dependencies: { zod: '^4' }, devDependencies: { vitest: '^3' } };

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['without a package.json', { 'apps/api/serverless.yml': '' }],
  ['whose package.json lists none', { 'apps/api/package.json': { scripts: {} } }],
  [
    'that is a workspace of the repository',
    {
      'package-lock.json': { packages: { '': {}, 'apps/api': {}, 'node_modules/api': { link: true } } },
      'apps/api/package.json': manifest,
    },
  ],
])('a service %s has the packages of the repository', (_, files) => {
  write(files);
  expect(servicePackages(repository, 'apps/api')).toEqual({ modules: [] });
});

test("the repository's own lock file is not that of a service in its root", () => {
  write({ 'package.json': manifest, 'package-lock.json': {} });
  expect(servicePackages(repository, '.')).toEqual({ modules: [] });
});

test.each(['package-lock.json', 'npm-shrinkwrap.json'])('a service with %s has packages of its own', (name) => {
  write({ 'apps/api/package.json': manifest, [`apps/api/${name}`]: {}, 'apps/api/yarn.lock': '' });
  for (const directory of ['apps/api', './apps/api/']) {
    expect(servicePackages(repository, directory)).toEqual({
      lockFile: `apps/api/${name}`,
      modules: ['apps/api/node_modules'],
    });
  }
});

test('packages that npm installs into a workspace, because their versions differ, are in directories of their own', () => {
  const packages = {
    '': {},
    'apps/api': {},
    'apps/api/node_modules/zod': {},
    'apps/api/node_modules/zod/node_modules/tiny': {},
    'apps/web/node_modules/zod': {},
    'node_modules/zod/node_modules/tiny': {},
  };
  write({ 'package-lock.json': { packages }, 'apps/api/package.json': manifest });
  expect(servicePackages(repository, 'apps/api').modules).toEqual(['apps/api/node_modules', 'apps/web/node_modules']);
});

test.each(['serverless', 'osls'])('an own %s is named, because the pipeline uses its own', (name) => {
  write({ 'service/package.json': { devDependencies: { [name]: '^3.38.0' } }, 'service/package-lock.json': {} });
  expect(servicePackages(repository, 'service').serverless).toBe('^3.38.0');
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  [
    'no lock file',
    {},
    "apps/api/package.json lists packages, and without a lock file a deploy could run on other versions than the tests; run 'npm install' in apps/api and commit apps/api/package-lock.json",
  ],
  [
    'a lock file of yarn',
    { 'apps/api/yarn.lock': '' },
    "apps/api/yarn.lock: builds install packages with npm, which cannot install by a lock file of yarn; run 'npm install' in apps/api and commit apps/api/package-lock.json too",
  ],
  ['a lock file of pnpm', { 'apps/api/pnpm-lock.yaml': '' }, 'by a lock file of pnpm; '],
  [
    'a lock file that npm ignores, because it is a workspace',
    { 'apps/api/package-lock.json': {}, 'package-lock.json': { packages: { 'apps/api': {} } } },
    "apps/api/package-lock.json: npm ignores it, because apps/api is one of the repository's workspaces; remove it, or remove apps/api from \"workspaces\" in package.json and run 'npm install'",
  ],
])('a service that has packages and %s is refused', (_, files, message) => {
  write({ 'apps/api/package.json': manifest, ...files });
  expect(() => servicePackages(repository, 'apps/api')).toThrow(message);
});

test('a command that needs packages that are not installed is refused with the command that installs them', () => {
  write({ 'apps/api/package.json': manifest, 'apps/api/package-lock.json': {} });
  const required = () => requireServicePackages(repository, 'apps/api');
  expect(required).toThrow(
    "the packages of the service in 'apps/api' are not installed; run 'npm run install:service'",
  );
  mkdirSync(join(repository, 'apps/api/node_modules'));
  expect(required()).toEqual(servicePackages(repository, 'apps/api'));
});
