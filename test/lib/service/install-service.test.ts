import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installService } from '../../../lib/service/install-service';
import type { CommandEnd } from '../../../lib/service/npm';

let repository: string;
let service: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'install-service-'));
  service = join(repository, 'apps/api');
  mkdirSync(service, { recursive: true });
  const pipeline = { repository: 'acme/shop', branch: 'main', environments: [{ name: 'prod' }] };
  write(repository, 'cdk.json', { context: { pipeline: { ...pipeline, serviceDirectory: 'apps/api' } } });
  write(service, 'package.json', { dependencies: { plugin: 'file:plugin' } });
  write(service, 'package-lock.json', { packages: { 'node_modules/plugin': { link: true } } });
});
afterEach(() => rmSync(repository, { recursive: true }));

function write(directory: string, name: string, content: unknown): void {
  writeFileSync(join(directory, name), JSON.stringify(content));
}

/** What npm leaves: a link to the plugin, and a command. */
function installed(): void {
  mkdirSync(join(service, 'node_modules/.bin'), { recursive: true });
  symlinkSync('../plugin', join(service, 'node_modules/plugin'));
  symlinkSync('../plugin/run.js', join(service, 'node_modules/.bin/plugin'));
}

async function install(end: CommandEnd = { type: 'exited', status: 0 }) {
  let [stdout, stderr] = ['', ''];
  const ran: string[] = [];
  const status = await installService({
    repository,
    npmCi: async (directory) => {
      ran.push(directory);
      rmSync(join(directory, 'node_modules'), { recursive: true, force: true });
      if (end.type === 'exited' && end.status === 0) installed();
      return end;
    },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { status, stdout, stderr, ran };
}

test('npm ci runs in the directory of the service, once for each lock file', async () => {
  expect(await install()).toEqual({
    status: 0,
    stdout: "installing the packages of the service in 'apps/api' by apps/api/package-lock.json\n",
    stderr: '',
    ran: [service],
  });
  expect(await install()).toEqual({ status: 0, stdout: '', stderr: '', ran: [] });
  write(service, 'package-lock.json', { packages: {} });
  expect((await install()).ran).toEqual([service]);
});

test.each([
  ['a package', 'node_modules/plugin'],
  ['a command', 'node_modules/.bin/plugin'],
])('it runs again when a cache has turned the link to %s into a copy', async (_, path) => {
  await install();
  rmSync(join(service, path));
  mkdirSync(join(service, path));
  expect((await install()).ran).toEqual([service]);
});

test('it does not run for a service without packages of its own', async () => {
  write(service, 'package.json', {});
  expect(await install()).toEqual({ status: 0, stdout: '', stderr: '', ran: [] });
});

test('its failure is one of the installation, and the next one tries again', async () => {
  expect(await install({ type: 'exited', status: 1 })).toMatchObject({
    status: 1,
    stderr:
      "✖ the packages of the service in 'apps/api' could not be installed (exit status 1); npm's error message is above: " +
      "'npm ci' in that directory does the same\n",
  });
  expect(existsSync(join(service, 'node_modules'))).toBe(false);
  expect((await install()).ran).toEqual([service]);
});
