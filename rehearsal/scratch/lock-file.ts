import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The part of npm's package-lock.json that says what is installed. `node_modules/.package-lock.json` has the same form. */
export interface LockFile {
  readonly packages?: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  /** Directory of a package that is linked, relative to the lock file. */
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** A lock file with its text. */
export interface FoundLockFile extends LockFile {
  readonly text: string;
}

/** Names of lock files in the order in which `npm ci` looks for them. */
const LOCK_FILES = ['npm-shrinkwrap.json', 'package-lock.json'];

const MODULES = 'node_modules/';

/** File in which this repository's scripts `install:locked` and `install:service` record the lock file that they installed. */
const INSTALLED_LOCK = '.installed-lock.json';

/** @returns The lock file in a directory. Undefined if there is none. */
export async function readLockFile(directory: string): Promise<FoundLockFile | undefined> {
  for (const name of LOCK_FILES) {
    const found = await read(join(directory, name));
    if (found) return found;
  }
  return undefined;
}

/** @returns What npm recorded as installed in a directory. Undefined if nothing is installed there. */
export function readInstalled(directory: string): Promise<LockFile | undefined> {
  return read(join(directory, MODULES, '.package-lock.json'));
}

/** Records that the packages of a lock file are in the `node_modules` of a directory, so that nothing installs them again. */
export async function recordInstalled(directory: string, lock: FoundLockFile): Promise<void> {
  const record = join(directory, MODULES, INSTALLED_LOCK);
  // It may be a link to the record of another work tree.
  await rm(record, { force: true });
  await writeFile(record, lock.text);
}

/**
 * @returns The directories that npm fills for a lock file in addition to `node_modules`, relative to it: those of
 * workspace packages whose dependencies differ from the repository's, such as `apps/api/node_modules`.
 */
export function nestedModules(lock: LockFile): readonly string[] {
  const directories = packagesOf(lock).flatMap(([path]) => {
    const end = path.indexOf(MODULES);
    return end > 0 ? [path.slice(0, end + MODULES.length - 1)] : [];
  });
  return [...new Set(directories)];
}

/**
 * @returns Whether what npm recorded as installed is what a lock file has, except for packages optional on this machine.
 */
export function isInstalled(lock: LockFile, installed: LockFile): boolean {
  const [locked, found] = [packagesOf(lock), packagesOf(installed)];
  const byPath = new Map(locked);
  const paths = new Set(found.map(([path]) => path));
  const same = found.every(([path, one]) => isSame(byPath.get(path), one));
  return same && locked.every(([path, one]) => paths.has(path) || one.optional || one.devOptional);
}

/** @returns What is installed, without the sources of linked packages: those come with the commit. */
function packagesOf({ packages = {} }: LockFile): readonly (readonly [string, LockedPackage])[] {
  return Object.entries(packages).filter(([path]) => path.includes(MODULES));
}

function isSame(locked: LockedPackage | undefined, found: LockedPackage): boolean {
  if (!locked || Boolean(locked.link) !== Boolean(found.link)) return false;
  if (found.link) return locked.resolved === found.resolved;
  return locked.version === found.version && locked.integrity === found.integrity;
}

async function read(file: string): Promise<FoundLockFile | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    return { ...JSON.parse(text), text };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
