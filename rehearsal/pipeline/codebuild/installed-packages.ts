import { basename, dirname, join, relative } from 'node:path';
import { isInstalled, nestedModules, readInstalled, readLockFile, recordInstalled } from '../../scratch/lock-file';
import type { Scratch } from '../../scratch/scratch';
import { type CacheSeed, copyDirectory } from './cache';

/**
 * Gives a rehearsal's first build the packages that are installed in the work tree, as CodeBuild's second build finds
 * those of its first: copied, and only if they are exactly the ones in the commit's lock file.
 *
 * Each directory with a lock file of its own, the repository or a service in it, gets the packages of the same directory
 * of the work tree. Those that npm installs for the workspace packages of a lock file are copied with it.
 *
 * A workspace package is copied as the relative link that npm made, so the build uses the commit's own source of it.
 *
 * @param repository The work tree that is rehearsed.
 */
export function installedPackages(repository: string, scratch: Scratch): CacheSeed {
  return async (paths, sourceDirectory) => {
    const cached = new Set(paths.map(({ directory }) => relative(sourceDirectory, directory)));
    let seeded = false;
    for (const modules of cached) {
      if (basename(modules) !== 'node_modules') continue;
      const owner = dirname(modules);
      const lock = await readLockFile(join(sourceDirectory, owner));
      const installed = await readInstalled(join(repository, owner));
      if (!lock || !installed || !isInstalled(lock, installed)) continue;
      const directories = [modules, ...nestedModules(lock).map((nested) => join(owner, nested))];
      if (!directories.every((directory) => cached.has(directory))) continue;
      for (const directory of directories) {
        await copyDirectory(scratch, join(repository, directory), join(sourceDirectory, directory));
      }
      await recordInstalled(join(sourceDirectory, owner), lock);
      seeded = true;
    }
    return seeded;
  };
}
