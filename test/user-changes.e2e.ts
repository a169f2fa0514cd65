import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { linkPackages } from '../rehearsal/scratch/linked-packages';
import { copyRepository } from './support/copy-repository';

const repository = join(__dirname, '..');
const ORDERS = join(__dirname, 'fixtures/orders-service');

let checkout: string;
let home: string;

beforeEach(async () => {
  checkout = mkdtempSync(join(tmpdir(), 'user-changes-'));
  home = mkdtempSync(join(tmpdir(), 'user-changes-home-'));
  await copyRepository(repository, checkout);
  // Jest's cache is among the packages, so that files are compiled once.
  await linkPackages(repository, checkout);
});
afterEach(() => {
  rmSync(checkout, { recursive: true });
  rmSync(home, { recursive: true });
});

function configure(change: Readonly<Record<string, unknown>>): void {
  const file = join(checkout, 'cdk.json');
  const cdkJson = JSON.parse(readFileSync(file, 'utf8'));
  Object.assign(cdkJson.context.pipeline, change);
  writeFileSync(file, JSON.stringify(cdkJson));
}

/** Removes the sample, and puts another service in its place or elsewhere. */
function replaceService(directory: string): void {
  rmSync(join(checkout, 'service'), { recursive: true });
  mkdirSync(dirname(join(checkout, directory)), { recursive: true });
  cpSync(ORDERS, join(checkout, directory), { recursive: true });
}

function run(program: string, ...args: readonly string[]) {
  let output = '';
  const child = spawn(program, args, {
    cwd: checkout,
    env: { PATH: process.env.PATH, HOME: home, CI: 'true', npm_config_update_notifier: 'false' },
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise<{ readonly status: number | null; readonly output: string }>((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, output }));
  });
}

/** The summary that Jest prints of the product's tests. */
const PRODUCT_PASSED = /\nTests: +\d+ passed, \d+ total\n/;

test('four environments in two accounts and three regions do not fail the build', async () => {
  configure({
    account: '111111111111',
    region: 'eu-central-1',
    environments: [
      { name: 'dev' },
      { name: 'test', region: 'eu-west-1' },
      { name: 'live-eu', account: '222222222222', deploymentType: 'Linear10PercentEvery1Minute' },
      { name: 'live-us', account: '222222222222', region: 'us-east-1', notify: ['team@example.com'] },
    ],
  });
  const { status, output } = await run('npm', 'test');
  expect({ status, output }).toEqual({ status: 0, output: expect.stringMatching(PRODUCT_PASSED) });
});

test('a service in place of the sample, with its own functions and tests, does not fail the build', async () => {
  replaceService('service');
  const { status, output } = await run('npm', 'test');
  expect({ status, output }).toEqual({ status: 0, output: expect.stringMatching(PRODUCT_PASSED) });
  expect(output).toMatch(/> orders-service@1\.0\.0 test\n[\s\S]*lists the orders/);
});

test('a service in another directory fails the build with its own tests only, which may use packages of its own', async () => {
  replaceService('apps/api');
  configure({ serviceDirectory: 'apps/api' });
  const currency = join(checkout, 'apps/api/node_modules/currency');
  mkdirSync(currency, { recursive: true });
  writeFileSync(join(currency, 'package.json'), '{ "name": "currency", "version": "1.0.0" }');
  writeFileSync(join(currency, 'index.js'), "module.exports = 'EUR';\n");
  const tests = join(checkout, 'apps/api/test/orders.test.js');
  const expectCurrency = (code: string) =>
    `\ntest('has a currency', () => assert.equal(require('currency'), '${code}'));\n`;
  const sound = readFileSync(tests, 'utf8') + expectCurrency('EUR');

  writeFileSync(tests, sound + expectCurrency('USD'));
  const failed = await run('npm', 'test');
  expect(failed).toEqual({ status: 1, output: expect.stringMatching(PRODUCT_PASSED) });
  expect(failed.output).toMatch(
    /\n✖ the tests of the service in 'apps\/api' failed \(exit status 1\); they are the service's own, .*\n$/,
  );

  writeFileSync(tests, sound);
  // The product's tests have passed above.
  const passed = await run('npx', 'tsx', 'bin/test-service.ts');
  expect(passed).toEqual({ status: 0, output: expect.stringContaining('has a currency') });
});
