import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Scratch } from '../../scratch/scratch';
import { type CacheSeed, copyDirectory } from './cache';

interface LockFile {
  readonly packages?: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** Where `npm run install:locked` of this repository remembers which lock file it installed. */
const INSTALLED_LOCK = '.installed-lock.json';

/**
 * Lets a rehearsal's first build find the packages that the person has installed, as CodeBuild's second build finds those
 * of its first: copied, and only where the commit's lock file asks for exactly them.
 *
 * @param repository the person's work tree
 */
export function installedPackages(repository: string, scratch: Scratch): CacheSeed {
  return async ({ directory }, sourceDirectory) => {
    if (basename(directory) !== 'node_modules') return false;
    const installed = join(repository, 'node_modules');
    const lockFile = join(sourceDirectory, 'package-lock.json');
    const [wanted, found] = await Promise.all([read(lockFile), read(join(installed, '.package-lock.json'))]);
    if (!wanted || !found || !satisfies(wanted, found)) return false;
    await copyDirectory(scratch, installed, directory);
    await writeFile(join(directory, INSTALLED_LOCK), await readFile(lockFile));
    return true;
  };
}

/** @returns whether what npm recorded as installed is what a lock file wants, but for what is optional on this machine */
function satisfies({ packages: wanted = {} }: LockFile, { packages: found = {} }: LockFile): boolean {
  const same = Object.entries(found).every(
    ([path, one]) => wanted[path]?.version === one.version && wanted[path]?.integrity === one.integrity,
  );
  const complete = Object.entries(wanted).every(
    ([path, one]) => path === '' || path in found || one.optional || one.devOptional,
  );
  return same && complete;
}

async function read(file: string): Promise<LockFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
