import { copyFileSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPipelineConfig } from '../config/cdk-json';
import type { CommandEnd } from './npm';
import { servicePackages } from './service-packages';

interface InstallServiceProps {
  /** Absolute path of the directory with cdk.json. */
  readonly repository: string;
  /** Runs `npm ci` in a directory and waits until it ends. Its output goes to the person or log that started it. */
  readonly npmCi: (directory: string) => Promise<CommandEnd>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** File in `node_modules` with the content of the lock file by which the packages were installed. */
const INSTALLED_LOCK = '.installed-lock.json';

/**
 * Installs the packages of the configured service by its own lock file, unless that has been done. A service without
 * packages of its own has those of the repository.
 *
 * @returns The exit status: 0 if the service has its packages.
 * @throws ConfigError with every mistake in cdk.json.
 * @throws Error when a build could not install exactly what was tested.
 */
export async function installService({ repository, npmCi, stdout, stderr }: InstallServiceProps): Promise<0 | 1> {
  const { serviceDirectory } = readPipelineConfig(repository);
  const { lockFile: path } = servicePackages(repository, serviceDirectory);
  if (path === undefined) return 0;
  const lockFile = join(repository, path);
  const directory = dirname(lockFile);
  if (isInstalled(directory, lockFile)) return 0;
  stdout.write(`installing the packages of the service in '${serviceDirectory}' by ${path}\n`);
  const end = await npmCi(directory);
  if (end.type === 'exited' && end.status === 0) {
    // npm makes no node_modules when there is nothing to install.
    if (existsSync(join(directory, 'node_modules')))
      copyFileSync(lockFile, join(directory, 'node_modules', INSTALLED_LOCK));
    return 0;
  }
  const how = end.type === 'exited' ? `exit status ${end.status}` : end.signal;
  stderr.write(
    `✖ the packages of the service in '${serviceDirectory}' could not be installed (${how}); npm's error message is above: ` +
      `'npm ci' in that directory does the same\n`,
  );
  return 1;
}

/**
 * @returns Whether `node_modules` was installed by this very lock file, and its links are links: a cache might have turned
 * them into copies, which would hide the commit's own source of a linked package.
 */
function isInstalled(directory: string, lockFile: string): boolean {
  const modules = join(directory, 'node_modules');
  const record = join(modules, INSTALLED_LOCK);
  if (!existsSync(record) || !readFileSync(record).equals(readFileSync(lockFile))) return false;
  const { packages = {} } = JSON.parse(readFileSync(lockFile, 'utf8')) as {
    packages?: Record<string, { readonly link?: boolean }>;
  };
  const links = Object.keys(packages)
    .filter((path) => packages[path]?.link)
    .map((path) => join(directory, path));
  const commands = join(modules, '.bin');
  if (existsSync(commands)) links.push(...readdirSync(commands).map((name) => join(commands, name)));
  return links.every((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false);
}
