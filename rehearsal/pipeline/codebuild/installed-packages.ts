import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Scratch } from '../../scratch/scratch';
import { type CacheSeed, copyDirectory } from './cache';

interface LockFile {
  readonly packages?: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  /** Directory of a workspace package, relative to the repository. */
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** File in which `npm run install:locked` of this repository records the lock file that it installed. */
const INSTALLED_LOCK = '.installed-lock.json';

const MODULES = 'node_modules/';

/**
 * Gives a rehearsal's first build the packages that are installed in the work tree, as CodeBuild's second build finds
 * those of its first: copied, and only if they are exactly the ones in the commit's lock file.
 *
 * A workspace package is copied as the relative link that npm made, so the build uses the commit's own source of it.
 *
 * @param repository The work tree that is rehearsed.
 */
export function installedPackages(repository: string, scratch: Scratch): CacheSeed {
  return async ({ directory }, sourceDirectory) => {
    if (basename(directory) !== 'node_modules') return false;
    const installed = join(repository, 'node_modules');
    const lockFile = join(sourceDirectory, 'package-lock.json');
    const [locked, found] = await Promise.all([read(lockFile), read(join(installed, '.package-lock.json'))]);
    if (!locked || !found || !satisfies(packagesOf(locked), packagesOf(found))) return false;
    await copyDirectory(scratch, installed, directory);
    await writeFile(join(directory, INSTALLED_LOCK), await readFile(lockFile));
    return true;
  };
}

type Packages = readonly (readonly [string, LockedPackage])[];

/** @returns What is installed, without the sources of workspace packages: those come with the commit. */
function packagesOf({ packages = {} }: LockFile): Packages {
  return Object.entries(packages).filter(([path]) => path.includes(MODULES));
}

/** @returns Whether what npm recorded as installed is what the lock file has, except for packages optional on this machine. */
function satisfies(locked: Packages, found: Packages): boolean {
  const byPath = new Map(locked);
  const paths = new Set(found.map(([path]) => path));
  const same = found.every(([path, one]) => isSame(byPath.get(path), one));
  const complete = locked.every(([path, one]) => paths.has(path) || one.optional || one.devOptional);
  // What npm could not put into the root's node_modules is in a directory that is not copied.
  const copied = found.every(([path]) => path.startsWith(MODULES));
  return same && complete && copied;
}

function isSame(locked: LockedPackage | undefined, found: LockedPackage): boolean {
  if (!locked || Boolean(locked.link) !== Boolean(found.link)) return false;
  if (found.link) return locked.resolved === found.resolved;
  return locked.version === found.version && locked.integrity === found.integrity;
}

async function read(file: string): Promise<LockFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
